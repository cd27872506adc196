"""What the pre-flight brings back: the ids behind the names, and what of ours is there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from components.naming import DATABASE_URL, DIRECT_URL, MADE, MIGRATIONS, NONE, Identity
from components.settings.models import DatabaseSettings, EnvironmentSettings
from components.settings.problems import Problem
from hosting.domains import Domain
from hosting.holds import Hold, hold_in
from hosting.lookups import App, HostedBranch
from neon.models import Branch


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingFindings:
    """``branch`` and ``parameters`` (full names) exist with this stack's tags, or are to be adopted: by this run with
    ``adopting_branch``, and those in ``adopting``. ``role`` says that the one for the run time exists. ``values``
    are those of variables kept in SSM, by key, ``others`` the branches that this stack made besides the one that is
    wanted, ``begun`` those to which a change away from that one was begun."""

    app: App | None = None
    branch: HostedBranch | None = None
    adopting_branch: bool = False
    others: tuple[HostedBranch, ...] = ()
    begun: tuple[HostedBranch, ...] = ()
    parameters: frozenset[str] = frozenset()
    adopting: frozenset[str] = frozenset()
    role: bool = False
    domain: Domain | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = field(default=())

    @property
    def held(self) -> Hold | None:
        """Whether a rollback holds the environment."""
        return None if self.branch is None else hold_in(self.branch.tags)

    @property
    def made(self) -> str | None:
        """The time in the branch's tag; empty when there is a branch without one, None when there is no branch."""
        return None if self.branch is None else self.branch.tags.get(MADE, "")

    @property
    def made_first(self) -> bool:
        """Whether the branch was there before one that this stack made, and that a changed git_branch leaves for it."""
        made = self.made
        return made is not None and any(one.tags.get(MADE, "") >= made for one in self.others)

    def turned_back(self) -> HostingFindings:
        """As after a change that was begun is taken back."""
        others = tuple(one for one in self.others if one not in self.begun)
        return replace(self, others=others, begun=())

    def adopted_anew(self, environment: EnvironmentSettings, identity: Identity) -> HostingFindings:
        """As for a stack that has nothing yet: what is to be adopted carries its tags where a destroy left it."""
        names = {identity.parameter(key) for key in environment.adopt_parameters}
        branch = environment.adopt and self.branch is not None
        return replace(self, adopting_branch=branch, adopting=self.parameters & names)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordFindings:
    """``wanted`` is from when on the role's password must have been set, None where nobody declares that.

    ``renews`` says what a new one that is due will do, ``shares`` what else the present one opens.
    """

    wanted: str | None = None
    renews: str | None = None
    shares: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFindings:
    """``branch`` is the environment's own, if it exists; ``overwrites`` says what a reset that is due overwrites,
    ``losses`` what else of its data goes (with its time to live, by masking), ``notices`` what to know of it, ``kept``
    which copies earlier resets have left, ``others`` what branches there are when the one to adopt is not."""

    project_id: str | None = None
    project_name: str | None = None
    branch: Branch | None = None
    overwrites: str | None = None
    losses: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    kept: str | None = None
    others: str | None = None
    password: PasswordFindings = PasswordFindings()
    problems: tuple[Problem, ...] = field(default=())

    @property
    def project_names(self) -> frozenset[str]:
        """What settings may call the project: its name and its id, as far as it was found."""
        return frozenset(one for one in (self.project_id, self.project_name) if one is not None)

    @property
    def last_reset_at(self) -> str:
        """Neon's time of the branch's last reset, empty for never."""
        return self.branch.last_reset_at or "" if self.branch else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    hosting: HostingFindings
    database: DatabaseFindings

    @property
    def problems(self) -> list[Problem]:
        return [*self.hosting.problems, *self.database.problems]

    def lost_database(self, database: DatabaseSettings | None, identity: Identity) -> str | None:
        """What to say when the environment had a branch that is gone: something that goes with one is still there."""
        witness = self._witness(identity)
        if not self._without_branch(database) or witness is None:
            return None
        if database is None or database.adopt or database.recreate or database.ttl is not None:
            return None  # one with a time to live may go; what was adopted is known to the state by its id
        return (
            f"the Neon branch {database.branch!r} is gone, its data is lost ({witness} tells that there was one). "
            f"To make it anew, with the data that {database.source!r} has now, add recreate: true to its settings"
        )

    def nothing_to_adopt(self, database: DatabaseSettings | None) -> str | None:
        """What to say when no branch has the name that is to be adopted: a state may know one that an up, which did not
        end, has adopted under another name, and would rename it."""
        if not self._without_branch(database) or database is None or not database.adopt:
            return None
        return (
            f"the Neon project has no branch {database.branch!r} to adopt: correct the name, or leave adopt out. "
            f"It has {self.database.others}"
        )

    def _witness(self, identity: Identity) -> str | None:
        """What an environment has only when it has, or had, a database."""
        strings = [identity.parameter(key) for key in (DATABASE_URL, DIRECT_URL)]
        kept = next((name for name in strings if name in self.hosting.parameters - self.hosting.adopting), None)
        if kept is not None:
            return kept
        branch = None if self.hosting.adopting_branch else self.hosting.branch
        ours = branch is not None and MADE in branch.tags and branch.variables.get(MIGRATIONS, NONE) != NONE
        return f"{MIGRATIONS} of the Amplify branch" if ours else None

    def _without_branch(self, database: DatabaseSettings | None) -> bool:
        return database is not None and self.database.project_id is not None and self.database.branch is None
