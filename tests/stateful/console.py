"""What people do to a stack's branch in Neon's console; Neon may refuse, and then nothing has changed."""

from __future__ import annotations

from collections.abc import Callable

from tests.stateful.model import Model
from tests.stateful.neon import Neon, our_branch

Hand = Callable[[Neon, Model, int], None]


def rename(neon: Neon, _: Model, number: int) -> None:
    _branch(neon, "PATCH", {"branch": {"name": f"by-hand-{number}"}})


def rename_to_what_may_be_declared(neon: Neon, _: Model, __: int) -> None:
    _branch(neon, "PATCH", {"branch": {"name": "stage-two"}})


def protect(neon: Neon, _: Model, __: int) -> None:
    _branch(neon, "PATCH", {"branch": {"protected": True}})


def unprotect(neon: Neon, _: Model, __: int) -> None:
    _branch(neon, "PATCH", {"branch": {"protected": False}})


def let_expire(neon: Neon, _: Model, __: int) -> None:
    _branch(neon, "PATCH", {"branch": {"expires_at": neon.in_days(3)}})


def resize(neon: Neon, _: Model, __: int) -> None:
    sizes = {"autoscaling_limit_min_cu": 2, "autoscaling_limit_max_cu": 4}
    _endpoint(neon, "PATCH", {"endpoint": sizes})


def delete_endpoint(neon: Neon, _: Model, __: int) -> None:
    _endpoint(neon, "DELETE")


def delete_branch(neon: Neon, model: Model, _: int) -> None:
    if _branch(neon, "DELETE"):
        model.hold(None)


def drop_database(neon: Neon, model: Model, _: int) -> None:
    if _branch(neon, "DELETE", under="/databases/neondb"):
        model.dropped = True


def make_a_child(neon: Neon, model: Model, number: int) -> None:
    ours, name = our_branch(neon.look()), f"child-{number}"
    if ours is not None and neon.ask("POST", "/branches", {"branch": {"name": name, "parent_id": ours.id}}):
        model.copies[name] = model.readable


def delete_children(neon: Neon, model: Model, _: int) -> None:
    for one in neon.look().values():
        if one.name.startswith("child-") and neon.ask("DELETE", f"/branches/{one.id}"):
            del model.copies[one.name]


def make_ours_the_default(neon: Neon, _: Model, __: int) -> None:
    _branch(neon, "POST", under="/set_as_default")


def make_main_the_default(neon: Neon, _: Model, __: int) -> None:
    neon.ask("POST", f"/branches/{neon.project.root}/set_as_default")


HANDS: tuple[Hand, ...] = (
    rename,
    rename_to_what_may_be_declared,
    protect,
    unprotect,
    let_expire,
    resize,
    delete_endpoint,
    delete_branch,
    drop_database,
    make_a_child,
    make_a_child,
    delete_children,
    make_ours_the_default,
    make_main_the_default,
    make_main_the_default,
)


def _branch(neon: Neon, method: str, body: object = None, *, under: str = "") -> bool:
    ours = our_branch(neon.look())
    return ours is not None and neon.ask(method, f"/branches/{ours.id}{under}", body)


def _endpoint(neon: Neon, method: str, body: object = None) -> None:
    ours = our_branch(neon.look())
    if ours is not None and ours.endpoint is not None:
        neon.ask(method, f"/endpoints/{ours.endpoint}", body)
