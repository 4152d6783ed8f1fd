"""The parts an exercise is made of: formulas, screens, cages, worlds, seals, progress."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labimg.course import answer, author, progress, sandbox, screen, seal
from labimg.course.bench import Bench
from labimg.course.cases import KNOWN, merged
from labimg.course.check import alike, look, mark
from labimg.course.desk import Desk
from labimg.course.formula import BadFormula, Formula
from labimg.course.level import BadLevel, filled, find
from labimg.course.scene import Scene
from labimg.course.stage import Stage
from labimg.course.variant import Variant, hidden, translated, visible

ESCAPES = [
    "().__class__", "[].append.__self__", "(lambda: 1)()", "'{0.x}'.format(1)", "open('/etc/passwd')",
    "__import__('os')", "[x := 1]", "f'{1}'", "eval('1')", "1 +", "getattr(1, 'real')",
]  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES)
def test_a_formula_has_no_way_out(text: str) -> None:
    with pytest.raises((BadFormula, NameError)):
        Formula(text)({})


def test_a_formula_asks_only_for_what_it_names() -> None:
    class Asked(dict[str, int]):
        def __missing__(self, name: str) -> int:
            return {"dear": 7}[name]

    assert Formula("[dear + one for one in (1, 2)]")(Asked()) == [8, 9]


FORBIDDEN = [
    "save -o /etc/labimg web", "save -o ../up.tar web", "load -i /etc/passwd", "import /etc/passwd web",
    "build /", "build -f /etc/passwd .", "build --iidfile ../id .", "run --env-file /etc/passwd web",
    "run --cidfile /tmp/x web", "cp box:/a /etc/a", "cp /etc/passwd box:/a", "cp box:/a ../a", "lab",
    "grade .", "course check", "registry serve", "doctor", "nonsense", "",
    "--root /tmp images", "image save -o /x web",
    "--context cloud save -o /x web",
]  # fmt: skip


@pytest.mark.parametrize("line", FORBIDDEN)
def test_a_replay_touches_nothing_outside_its_folder(line: str, tmp_path: Path) -> None:
    assert not screen.harmless(answer.spoken(line), tmp_path)


ALLOWED = [
    "save -o web.tar web", "load -i sub/web.tar", "build .", "build -f two .", "build -", "ps -a",
    "rmi -f web", "cp box:/a a", "import flat.tar web", "--context cloud pull web", "images --nonsense",
    "export -o flat.tar box",
]  # fmt: skip


@pytest.mark.parametrize("line", ALLOWED)
def test_docker_itself_may_be_replayed(line: str, tmp_path: Path) -> None:
    assert screen.harmless(answer.spoken(line), tmp_path)


def test_a_link_that_leads_out_is_no_way_out(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/etc")
    assert not screen.harmless(["save", "-o", "out/web.tar", "web"], tmp_path)
    screen.sweep(["cp", "box:/a", "."], tmp_path)
    assert not (tmp_path / "out").is_symlink()


def test_no_address_outside_is_reached() -> None:
    bench = Bench()
    assert bench.docker("pull registry.example.com/web").code == 1
    assert "no such host" in bench.docker("pull registry.example.com/web").stderr


ATTACKS = [
    ("import os\ndef f(x): return os.listdir('/')", "forbidden"),
    ("def f(x): return open('/etc/passwd').read()", "forbidden"),
    ("def f(x): open('here', 'w').write('x')", "forbidden"),
    ("import socket\ndef f(x): return 1", "forbidden"),
    ("import subprocess\ndef f(x): return 1", "forbidden"),
    ("import ctypes\ndef f(x): return 1", "forbidden"),
    ("import os\ndef f(x):\n    while True: os.fork()", "forbidden"),
    ("import os\nos._exit(0)", "forbidden"),
    ("import sys\ndef f(x): return sys._getframe(1).f_locals", "forbidden"),
    ("def f(x): return 'x' * 10**10", "memory"),
    ("def f(x):\n    while True: pass", "time"),
    ("class E:\n    def __eq__(self, o): return True\ndef f(x): return E()", "error"),
    ("def f(x): return float('nan')", "error"),
    ("def g(x): return 1", "error"),
    ("def f(x) return 1", "error"),
    ("def f(x): raise SystemExit", "error"),
]


@pytest.mark.parametrize(("text", "fault"), ATTACKS, ids=[text[:40] for text, _ in ATTACKS])
def test_the_cage_holds(text: str, fault: str) -> None:
    outcome = sandbox.call(text, "f", [[1]], seconds=20)
    assert outcome.fault == fault
    assert not any(outcome.values)


def test_the_cage_lets_honest_work_through() -> None:
    text = "import hashlib, math\nprint('noise')\ndef f(x): return {'a': [math.floor(x), None, True]}"
    assert sandbox.call(text, "f", [[1.5], [2.5]]).values == (
        [{"a": [1, None, True]}],
        [{"a": [2, None, True]}],
    )


@given(st.lists(st.dictionaries(st.sampled_from(["/a", "/b", "/d/x", "/d/y"]), st.sampled_from(["1", None]))))
def test_layers_may_be_merged_one_after_the_other(layers: list[dict[str, str | None]]) -> None:
    whole: dict[str, str] = {}
    for layer in layers:
        whole = merged([whole, layer])
    assert whole == merged(layers)


def test_cases_follow_from_their_seed() -> None:
    assert KNOWN["merge"]("one") == KNOWN["merge"]("one") != KNOWN["merge"]("two")


def test_hidden_worlds_are_others_and_always_the_same() -> None:
    level = find("07-E1")
    mine, yours = hidden(level, secret="s", student="ada"), hidden(level, secret="s", student="ben")
    assert mine == hidden(level, secret="s", student="ada")
    assert mine != hidden(level, secret="t", student="ada") and mine != yours
    seen = visible(level).values
    assert all(world.values[name] != seen[name] for world in mine for name in seen)
    assert {visible(level, student).key for student in "abcdefgh"} != {visible(level, "a").key}


def test_an_answer_is_carried_over_by_whole_words_and_beginnings_of_ids() -> None:
    here = {"box": "web", "image": "sha256:" + "ab12" * 16, "kb": 3}
    there = {"box": "shop", "image": "sha256:" + "cd34" * 16, "kb": 5}
    assert translated("rm web web2 my-web web:1 3", here, there) == "rm shop web2 my-web shop:1 3"
    assert translated("rmi ab12ab12ab12 abab", here, there) == "rmi cd34cd34cd34 abab"


def test_a_value_is_alike_only_in_its_own_type() -> None:
    assert alike([1, "a "], (1, "a")) and alike(["b", "a"], {"a", "b"}) and alike({"k": [1]}, {"k": (1,)})
    assert not alike(True, 1) and not alike(1, 1.0) and not alike("1", 1) and not alike(["a"], {"a", "b"})


def test_replaying_a_transcript_gives_the_same_world_to_the_byte() -> None:
    for name in ("05-E3", "07-E1", "08-E4", "09-E1", "10-E2"):
        level, grounds = find(name), []
        for _ in range(2):
            stage = Stage(level, Variant(0, visible(level).values))
            answer.played(level, filled(level.solution, stage.values), stage.bench)
            grounds.append(stage.bench.ground)
        assert grounds[0] == grounds[1], name


def test_two_benches_in_one_state_go_the_same_way() -> None:
    stage = Stage(find("07-E1"))
    twin = stage.bench.fork()
    for bench in (stage.bench, twin):
        bench.docker("run --name same busybox sh -c 'echo x > /y'")
    assert stage.bench.ground == twin.ground


def test_undo_takes_the_registry_and_the_other_machine_along() -> None:
    stage = Stage(find("08-E2"))
    bench, ref = stage.bench, "hub.lab:5000/team/shop:1.4"
    bench.docker(f"tag shop:1.4 {ref}")
    bench.docker(f"push {ref}")
    assert bench.docker(f"--context cloud pull {ref}").code == 0
    bench.undo(2)
    assert not Scene(bench).machine("cloud").images()
    assert bench.docker(f"--context cloud pull {ref}").code == 1


def test_there_are_five_states() -> None:
    level = find("07-E1")
    worlds = [visible(level)]
    states = {
        "": "missing",
        "ls -la": "wrong kind",
        "docker rmi busybox": "wrong because",
        "docker stop ticker\ndocker rm -f greeter ticker\ndocker rmi busybox": "wrong because",
        "docker stop ticker\ndocker rm greeter ticker\ndocker rmi busybox": "correct",
    }
    for text, state in states.items():
        assert mark(level, text, worlds).state == state
    almost = "{'sign': 'middle', 'map': 'old map', 'flag': 'green', 'cellar': 'coal', 'wine': 'red'}"
    assert mark(find("02-E1"), almost, [visible(find("02-E1"))]).state == "nearly"


def test_errors_are_free_and_what_is_undone_is_forgotten() -> None:
    bench = Stage(find("07-E1")).bench
    bench.docker("rmi busybox")
    bench.docker("rm -f greeter")
    assert Scene(bench).used("-f") and Scene(bench).commands() == 1
    bench.undo()
    assert not Scene(bench).used("-f")
    bench.docker("rm greeter")
    assert Scene(bench).typed() == ["rm greeter"]


def test_a_short_way_is_honoured_and_costs_nobody_a_point() -> None:
    level = find("07-E1")
    short, long = (
        mark(level, text, [visible(level)])
        for text in (level.rights[0].answer.format(**visible(level).values), "docker ps\n" * 5)
    )
    assert short.bonus == pytest.approx(0.3) and short.score == 3.0
    assert long.bonus == 0


def test_the_same_answer_has_the_same_seal_and_another_has_not() -> None:
    first = seal.seal("07-E2", "{'b': 1, 'a': 2}", salt="x")
    assert seal.fits(first, "07-E2", '{ "a": 2,\n "b": 1 }', salt="x")
    assert not seal.fits(first, "07-E2", "{'a': 1, 'b': 1}", salt="x")
    assert not seal.fits(first, "07-E3", "{'b': 1, 'a': 2}", salt="x")


def test_progress_keeps_the_best_and_shows_a_tampered_chain(tmp_path: Path) -> None:
    kept = progress.Progress(tmp_path / "p.json")
    kept.attempt("07-E1", "correct", 3, 3)
    kept.attempt("07-E1", "wrong because", 1, 3)
    again = progress.Progress(tmp_path / "p.json")
    assert again.levels["07-E1"]["score"] == 3 and again.whole
    spoilt = progress.Progress(tmp_path / "p.json")
    spoilt.chain[0][2] = 99
    assert not spoilt.whole
    other = progress.Progress(tmp_path / "q.json")
    other.attempt("07-E2", "correct", 3, 3)
    kept.merge(other)
    assert set(kept.levels) == {"07-E1", "07-E2"}
    kept.forget("07-E1")
    assert set(progress.Progress(tmp_path / "p.json").levels) == {"07-E2"}


def test_progress_bears_a_folder_that_is_not_there_and_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text("no", "utf-8")
    progress.Progress(tmp_path / "p.json").attempt("07-E1", "correct", 3, 3)
    assert json.loads((tmp_path / "p.json").read_text("utf-8"))["schema"] == 1
    progress.Progress(tmp_path / "none" / "p.json").attempt("07-E1", "correct", 3, 3)


def test_a_solution_that_was_seen_is_not_solved(tmp_path: Path) -> None:
    desk = Desk(progress.Progress(tmp_path / "p.json"))
    desk.begin("07-E4")
    list(desk.answer("07-E4", desk.solution()))
    assert desk.look().state == "correct"
    assert desk.progress.levels["07-E4"]["score"] == 0


def test_the_truth_is_shown_only_after_a_prediction(tmp_path: Path) -> None:
    desk = Desk(progress.Progress(tmp_path / "p.json"))
    desk.begin("03-E3")
    with pytest.raises(BadLevel, match="first predict"):
        desk.reveal()
    list(desk.answer("03-E3", "{'read': 0, 'mode': 0, 'append': 2, 'small': 2, 'delete': 0, 'fresh': 3}"))
    shown, truths = desk.reveal()
    assert "chmod 600 /data/big  80000" in truths and shown[0].command.startswith("run --name try")
    sealed = desk.progress.chain[-1][3]
    list(desk.answer("03-E3", "{'read': 0, 'mode': 80000, 'append': 2, 'small': 2, 'delete': 0, 'fresh': 3}"))
    assert "after the reveal" in desk.progress.chain[-1][1] and desk.progress.chain[-1][3] != sealed


def test_an_exam_gives_no_hint_and_no_score(tmp_path: Path) -> None:
    desk = Desk(progress.Progress(tmp_path / "p.json"))
    desk.begin("11-E3")
    assert "no hints" in desk.hint() and "no solution" in desk.solution()
    assert desk.criteria() == ["This is an exam: what you reach is told when it is graded."]
    list(desk.answer("11-E3", filled(desk.level.rights[0].answer, desk.stage.values)))
    assert desk.progress.levels["11-E3"]["score"] == 0


@pytest.mark.parametrize("name", ["01-E1", "02-E1", "04-E3", "07-E1", "07-E3", "08-E2", "10-E1", "11-E4"])
def test_a_check_takes_less_than_a_tenth_of_a_second(name: str) -> None:
    import time

    stage = Stage(find(name))
    text = filled(stage.level.solution, stage.values)
    answer.played(stage.level, text, stage.bench)
    look(stage, text)
    spent = []
    for _ in range(5):
        begun = time.thread_time()
        assert look(stage, text).state == "correct"
        spent.append(time.thread_time() - begun)
    assert min(spent) < 0.1


INGENIOUS = [
    "import sys\nsys.modules['__main__'].FORBIDDEN = ()\ndef f(x): return open('/etc/passwd').read()",
    "import sys\nsys.modules['__main__']._hook.__code__ = (lambda e, a: 1).__code__\ndef f(x): return 1",
    "import os\ndef f(x): return os.pidfd_open(os.getppid())",
    "import sys\ndef f(x): return sys.modules['_signal'].pidfd_send_signal(3, 9)",
    "import os\ndef f(x): return os.stat('/etc/passwd').st_size",
    "import sys\ndef f(x): return sys.modules['_imp'].create_builtin(None)",
    "def f(x):\n    try:\n        open('/etc/passwd')\n    except PermissionError as error:\n"
    "        error.__traceback__.tb_next.tb_frame.f_globals.clear()\n    return open('/etc/passwd').read()",
]


@pytest.mark.parametrize("text", INGENIOUS, ids=range(len(INGENIOUS)))
def test_the_cage_holds_whoever_looks_behind_it(text: str) -> None:
    outcome = sandbox.call(text, "f", [[1]], seconds=20)
    assert outcome.fault in ("forbidden", "error", "time") and not any(outcome.values)


def test_a_check_before_grading_says_that_more_is_judged_then(tmp_path: Path) -> None:
    desk = Desk(progress.Progress(tmp_path / "p.json"))
    desk.begin("07-E4")
    list(desk.answer("07-E4", desk.stage.solution))
    passed = len([mark for mark in desk.look().marks if mark.met])
    said = f"Public checks passed ({passed}/{passed}); hidden checks run at grading."
    assert said in desk.told(desk.look())


def test_a_hidden_question_is_not_judged_before_grading() -> None:
    stage = Stage(find("01-E1"))
    wrong = repr({**ast.literal_eval(stage.solution), "stop": "container", "edit": "nothing"})
    assert look(stage, wrong).id == "" and mark(stage.level, wrong, [stage.variant]).id == "01-E1.stop"


def test_a_personal_world_is_told_in_its_own_names(tmp_path: Path) -> None:
    desk = Desk(progress.Progress(tmp_path / "p.json"), student="ada")
    stage = desk.begin("05-E1")
    seen = author.task(stage.level, stage.values)
    assert seen != author.task(stage.level) and stage.values["listing"] in seen
    assert desk.solution() == stage.solution


def test_a_prediction_is_of_the_world_as_it_was(tmp_path: Path) -> None:
    desk = Desk(progress.Progress(tmp_path / "p.json"))
    stage = desk.begin("10-E4")
    desk.bench.docker("system prune -a -f")
    assert look(stage, Stage(stage.level).solution).state == "correct"


def test_after_the_reveal_a_prediction_earns_nothing_more(tmp_path: Path) -> None:
    desk = Desk(progress.Progress(tmp_path / "p.json"))
    desk.begin("08-E3")
    list(desk.answer("08-E3", "{'kept': 'ada/nginx', 'safe': False, 'tags': False, 'rows': 1}"))
    desk.reveal()
    list(desk.answer("08-E3", desk.stage.solution))
    assert desk.progress.levels["08-E3"]["state"] == "wrong because"
