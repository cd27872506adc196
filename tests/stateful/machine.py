"""Settings, hands in Neon's console, faults and kills in any order, and what must be true after each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from components.dynamic import Failure
from tests.faults.proxy import Proxy, all_kinds, mutating
from tests.localcloud.neon.driver import eventually
from tests.stateful.console import HANDS, Hand
from tests.stateful.declared import DATABASE, declared
from tests.stateful.engine import Engine, Killed, Refused
from tests.stateful.model import Model
from tests.stateful.neon import Neon, Seen, our_branch

EDITS = [
    *(("branch", name) for name in ("staging", "stage-two", "theirs")),
    *(("source", name) for name in ("main", "theirs")),
    *(("protected", wanted) for wanted in (None, False, True)),
    *(("ttl", wanted) for wanted in (None, "1d", "2d")),
    *(("compute", sizes) for sizes in ({}, {"min": 0.25, "max": 1}, {"min": 0.5, "max": 2, "suspend": 300})),
    *(("keep", wanted) for wanted in (False, True)),
    ("fresh_after", None),
]


@dataclass(slots=True, kw_only=True)
class Figures:
    """How much was tried, over all runs of the machine."""

    runs: int = 0
    steps: int = 0
    ups: int = 0
    succeeded: int = 0
    disturbed: int = 0
    resets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    neon: Neon
    proxy: Proxy
    figures: Figures = field(default_factory=Figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What happens during an up."""

    name: str
    begin: Callable[[Proxy, Engine], None]

    def __repr__(self) -> str:
        return self.name


def fault(kind: str, *, at: int = 0, lasting: bool = False) -> Trouble:
    """A fault at a mutating request, and with ``lasting`` at all requests from there on."""
    return Trouble(
        name=f"{kind} at {at}{' and on' if lasting else ''}",
        begin=lambda proxy, _: proxy.arm(all_kinds()[kind], at, counts=mutating, lasting=lasting),
    )


def killed(act: int) -> Trouble:
    """The engine does not live to save what came of one of its acts."""
    return Trouble(name=f"killed after act {act}", begin=lambda _, engine: setattr(engine, "dies_at", act))


TROUBLES = [
    *(fault(kind) for kind in sorted(all_kinds())),
    *(fault(kind, at=at, lasting=True) for kind in ("reset_before", "reset_after") for at in (0, 1)),
    *(killed(act) for act in (0, 0, 1, 2)),
]


ENOUGH = 3  # changes after which an up follows: without one nothing comes of them


def something_may_change(life: Life) -> bool:
    return life.changes < ENOUGH


class Life(RuleBasedStateMachine):
    """The life of one stack's database."""

    place: Place  # given by the subclass that is run

    def __init__(self) -> None:
        super().__init__()
        self.neon, self.proxy, self.figures = self.place.neon, self.place.proxy, self.place.figures
        self.engine = Engine()
        sources = {"main": self.neon.project.root, "theirs": self.neon.theirs}
        self.model = Model(
            sources=sources,
            others={branch: self.neon.rows(branch) for branch in sources.values()},
            settings={"project": "stateful", "branch": "staging", "source": "main"},
        )
        self.row, self.changes = 1000, 0
        self.figures.runs += 1

    def teardown(self) -> None:
        self.proxy.arm(None)
        self.figures.resets += self.model.resets
        try:
            self._judge_copies()
        finally:
            self.neon.tidy()

    @precondition(something_may_change)
    @rule(change=st.sampled_from(EDITS))
    def settings_are_edited(self, change: tuple[str, object]) -> None:
        self.changes += 1
        self.model.edit(*change)

    @precondition(something_may_change)
    @rule()
    def fresh_data_is_asked_for(self) -> None:
        """Fresher than what there is, by the whole seconds of Neon's clock."""
        self.changes += 1
        ours = our_branch(self.neon.look())
        wanted = datetime.now(UTC) if ours is None else datetime.fromisoformat(ours.copied_at) + timedelta(seconds=1)
        eventually("the next second", lambda: datetime.now(UTC) >= wanted)
        self.model.edit("fresh_after", wanted.strftime("%Y-%m-%dT%H:%M:%SZ"))

    @precondition(something_may_change)
    @rule(where=st.sampled_from(["main", "theirs", "ours", "ours"]))
    def a_row_is_written(self, where: str) -> None:
        self.changes += 1
        self.row += 1
        ours, row = our_branch(self.neon.look()), frozenset({self.row})
        if where != "ours":
            self.neon.write(self.model.sources[where], self.row)
            self.model.others[self.model.sources[where]] |= row
        elif ours is not None and ours.endpoint is not None and not self.model.dropped:
            self.neon.write(ours.id, self.row)
            self.model.rows = (self.model.rows or frozenset()) | row

    @precondition(something_may_change)
    @rule(hand=st.sampled_from(HANDS))
    def somebody_is_in_the_console(self, hand: Hand) -> None:
        self.changes += 1
        self.row += 1
        hand(self.neon, self.model, self.row)

    @precondition(something_may_change)
    @rule()
    def preview(self) -> None:
        """A refresh alone changes nothing in Neon."""
        self.changes += 1
        before, done = self.neon.look(), self.neon.requests()
        try:
            self.engine.refresh()
        except Failure:
            assert "it is the default branch" in self.model.reasons_to_refuse(before)
        assert (self.neon.look(), self.neon.requests()) == (before, done)

    @rule()
    def up(self) -> None:
        before = self.neon.look()
        reasons = self.model.reasons_to_refuse(before)
        said = self._up()
        assert (said is None) == (not reasons), (said, reasons)
        self._judge_up(before, said)

    @rule(trouble=st.sampled_from(TROUBLES))
    def up_in_trouble(self, trouble: Trouble) -> None:
        before = self.neon.look()
        trouble.begin(self.proxy, self.engine)
        said = self._up()
        self.proxy.arm(None)
        self.engine.dies_at = None
        self.figures.disturbed += 1
        self.neon.project.wait()
        self._judge_up(before, said)

    @precondition(something_may_change)
    @rule()
    def destroy(self) -> None:
        """Of what the state knows: a branch of an up that was killed is found by the next up."""
        self.changes += 1
        before, refused = self.neon.look(), False
        if (ours := our_branch(before)) is not None and DATABASE not in self.engine.state:
            return
        try:
            self.engine.destroy()
        except Failure:
            refused = True
        assert ours is None or refused or not self.engine.state
        self.model.judge_destroy(before, self.neon.look(), refused=refused)

    @invariant()
    def all_data_is_what_it_should_be(self) -> None:
        self.figures.steps += 1
        seen = self.neon.look()
        assert {branch: self.neon.rows(branch) for branch in self.model.others} == self.model.others
        ours = our_branch(seen)
        assert (ours is None) == (self.model.rows is None)
        if ours is not None and ours.endpoint is not None and not self.model.dropped:
            assert self.neon.rows(ours.id) == self.model.rows
        assert {one.name for one in seen.values()} >= self.model.copies.keys()

    def _up(self) -> str | None:
        """Returns what it said when it failed."""
        self.changes = 0
        self.figures.ups += 1
        try:
            self.engine.up(declared(self.model.declared, self.neon.project.id))
        except (Failure, Refused, Killed) as failure:
            return str(failure) or type(failure).__name__
        self.figures.succeeded += 1
        return None

    def _judge_up(self, before: dict[str, Seen], said: str | None) -> None:
        """An up that has succeeded leaves nothing to do."""
        after = self.neon.look()
        self.model.judge_up(before, after)
        if said is not None:
            assert "postgres" not in said
            return
        self.model.judge_success(after)
        connection, ours = self.engine.state["staging-connection"].outputs, our_branch(after)
        assert ours is not None
        assert connection["direct_url"].partition("?")[0] == self.neon.project.uri(ours.id).partition("?")[0]
        done = self.neon.requests()
        assert self._up() is None
        assert self.neon.requests() == done

    def _judge_copies(self) -> None:
        """What was made from ours holds what ours held then."""
        for one in self.neon.look().values():
            if self.model.copies.get(one.name) is not None:
                endpoint = {"endpoint": {"branch_id": one.id, "type": "read_write"}}
                assert one.endpoint is not None or self.neon.ask("POST", "/endpoints", endpoint)
                assert self.neon.rows(one.id) == self.model.copies[one.name], one.name
