"""Dockerfiles: what is read in them, and what is refused in which words.

Facts: live builds with dockerd 20.10.24, and the sources of its parser.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unreadable import BODIES, TEXTS

from labimg.dockerfile import Dockerfile, Flag, Instruction, parse, parse_changes, parse_trigger
from labimg.errors import DockerError, InvalidParameter, NoTarget


def one(line: str) -> Instruction:
    """The instruction `line`, after a FROM."""
    return parse(f"FROM base:1\n{line}").stages[0].instructions[0]


def refusal(text: str) -> str:
    try:
        parse(text)
    except DockerError as error:
        assert error.side == "daemon"
        return str(error)
    return ""


@pytest.mark.parametrize(("body", "sentence"), BODIES, ids=[body[:30] for body, _ in BODIES])
def test_a_bad_instruction_is_refused_with_its_line(body: str, sentence: str) -> None:
    assert refusal(f"FROM base:1\n{body}\n") == sentence


@pytest.mark.parametrize(("text", "sentence"), TEXTS)
def test_a_bad_text_is_refused(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


def test_the_file_is_called_by_its_name() -> None:
    with pytest.raises(InvalidParameter, match=r"^failed to parse Dockerfile\.x: "):
        parse("#", "Dockerfile.x")
    with pytest.raises(InvalidParameter, match=r"^the Dockerfile \(x\) cannot be empty$"):
        parse("", "x")


@pytest.mark.parametrize(
    ("line", "words", "json"),
    [
        ("run  echo  'a b' ", ("echo  'a b'",), False),
        ('CMD ["a", "b c"]', ("a", "b c"), True),
        ('CMD ["a", b]', ('["a", b]',), False),
        ('CMD ["a"] trailing', ("a",), True),
        ("CMD []", (), True),
        ("CMD", (), False),
        ('ENTRYPOINT ["\\u0041\\n"]', ("A\n",), True),
        ("COPY a b /dst/", ("a", "b", "/dst/"), False),
        ('COPY ["a b", "/dst/"]', ("a b", "/dst/"), True),
        ("ENV A=1 B='2 3' C=\"4\"", ("A", "1", "B", "'2 3'", "C", '"4"'), False),
        ("ENV A some text = here", ("A", "some text = here"), False),
        ("ENV A=a\\ b", ("A", "a\\ b"), False),
        ("LABEL a=b 'c d'=e", ("a", "b", "'c d'", "e"), False),
        ("ARG A=1 B", ("A=1", "B"), False),
        ("EXPOSE 80\t443/tcp", ("80", "443/tcp"), False),
        ("VOLUME /a /b", ("/a", "/b"), False),
        ('VOLUME ["/a", "/b"]', ("/a", "/b"), True),
        ("USER me and you", ("me and you",), False),
        ("HEALTHCHECK none", ("none",), False),
        ("HEALTHCHECK CMD  curl x", ("CMD", "curl x"), False),
        ('HEALTHCHECK CMD ["a", "b"]', ("CMD", "a", "b"), True),
        ("ONBUILD RUN echo hi", ("RUN echo hi",), False),
        ("STOPSIGNAL SIGTERM", ("SIGTERM",), False),
        ('SHELL ["/bin/sh", "-ec"]', ("/bin/sh", "-ec"), True),
    ],
)
def test_arguments_fall_into_words_as_each_instruction_has_them(
    line: str, words: tuple[str, ...], json: bool
) -> None:
    instruction = one(line)
    assert (instruction.words, instruction.json) == (words, json)
    assert instruction.name == line.split()[0].upper()


def test_names_and_values_go_in_pairs() -> None:
    assert one("ENV A=1 B=2").pairs == [("A", "1"), ("B", "2")]


def test_flags_stand_before_the_words() -> None:
    copy = one("COPY --from=a --chown='1:2' --link --exclude=x --exclude=y -- --z /d")
    assert copy.words == ("--z", "/d")
    assert (copy.flag("from"), copy.flag("chown"), copy.flag("link"), copy.flag("chmod")) == (
        "a",
        "1:2",
        "true",
        "",
    )
    assert copy.options("exclude") == ["x", "y"]
    assert copy.flags[2] == Flag("link", None)
    assert one("RUN --mount=type=cache,target=/x --network=none y").flag("mount") == "type=cache,target=/x"
    assert one("ADD --checksum=sha256:1 --keep-git-dir=true a b").flag("keep-git-dir") == "true"


@pytest.mark.parametrize(
    ("line", "flag", "words"),
    [
        ("COPY --from=a\\ b c d", "a b", ("c", "d")),
        ("COPY --from=a`b c d", "a`b", ("c", "d")),
        ("COPY --from='a \\' b' c d", "a ' b", ("c", "d")),
        ("COPY --from=é c d", "Ã©", ("c", "d")),
        ("COPY --from=à c d", "Ã", ("c", "d")),
    ],
)
def test_flags_are_read_byte_by_byte_whatever_the_escape_letter(
    line: str, flag: str, words: tuple[str, ...]
) -> None:
    (copy,) = parse(f"# escape=`\nFROM base\n{line}").stages[0].instructions
    assert (copy.flag("from"), copy.words) == (flag, words)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("RUN {}", "file with no instructions"),
        ("FROM a\n{}\nFOO", "dockerfile line greater than max allowed size of 65535"),
        ("FROM a\nENV A\n{}", "ENV must have two arguments"),
        ("FROM a\nRUN <<E\n{}\nE", "unterminated heredoc"),
    ],
)
def test_the_text_ends_where_a_line_is_too_long(text: str, sentence: str) -> None:
    assert refusal(text.format("x" * 65_536)) == f"failed to parse Dockerfile: {sentence}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("RUN a \\\n    b", "RUN a     b"),
        ("RUN a \\  \n# no\n   # no\n b", "RUN a  b"),
        ("RUN a \\\n\n b", "RUN a  b"),
        ("RUN a # yes", "RUN a # yes"),
        ("RUN a \\\\\nUSER x", "RUN a \\\\"),
        ("RUN a \\", "RUN a"),
        ("  run a\r\n", "run a"),
        ("RUN \\\n a", "RUN  a"),
    ],
)
def test_a_line_goes_on_after_a_backslash(text: str, line: str) -> None:
    assert one(text).text == line


def test_lines_are_counted_as_they_stand_in_the_file() -> None:
    dockerfile = parse("\n# c\nFROM a\nRUN a \\\n b\n\nRUN <<E\nx\nE\nUSER u")
    assert [(i.name, i.line, i.last) for i in dockerfile.instructions] == [
        ("FROM", 3, 3),
        ("RUN", 4, 5),
        ("RUN", 7, 9),
        ("USER", 10, 10),
    ]
    assert parse("FROM a\nRUN a \\\n\n b").gaps == ("RUN a  b",)


def test_directives_stand_at_the_head_only() -> None:
    dockerfile = parse("# syntax=docker/dockerfile:1\n# ESCAPE = `\n#check=skip=all\nFROM a\nRUN b `\n c\\\n")
    assert dockerfile.directives == (
        ("syntax", "docker/dockerfile:1"),
        ("escape", "`"),
        ("check", "skip=all"),
    )
    assert dockerfile.escape == "`"
    assert dockerfile.stages[0].instructions[0].words == ("b  c\\",)
    assert parse("# a comment\n# escape=`\nFROM a").escape == "\\"
    assert parse("\ufeff# escape=`\nFROM a").escape == "`"


def test_stages_begin_with_from() -> None:
    dockerfile = parse("ARG V=1\nFROM a:$V AS One\nRUN x\nFROM --platform=linux/arm64 one\nUSER u\nRUN y")
    assert [i.words for i in dockerfile.arguments] == [("V=1",)]
    one, two = dockerfile.stages
    assert (one.number, one.base, one.name, len(one.instructions)) == (0, "a:$V", "one", 1)
    assert (two.number, two.base, two.name, two.start.flag("platform")) == (1, "one", "", "linux/arm64")
    assert dockerfile.upto("") == (one, two)
    assert dockerfile.upto("ONE") == (one,)
    with pytest.raises(NoTarget, match=r"^failed to reach build target nope in Dockerfile$"):
        dockerfile.upto("nope")


def test_heredocs_follow_their_instruction() -> None:
    copy = one("COPY <<EOF <<-'T' a /d/\nhi $x\nEOF\n\ttab\n\tT\n")
    first, second = copy.heredocs
    assert (first.name, first.text, first.expand) == ("EOF", "hi $x\n", True)
    assert (second.name, second.content, second.text, second.expand) == ("T", "\ttab\n", "tab\n", False)
    assert copy.words == ("<<EOF", "<<-'T'", "a", "/d/")
    assert [copy.inline(word) for word in copy.words] == [first, second, None, None]
    assert copy.text == "COPY <<EOF <<-'T' a /d/"
    run = one('RUN <<"E" cat 3<<F\n# no comment\n\\\nE\nF\n')
    assert [(doc.name, doc.content, doc.descriptor) for doc in run.heredocs] == [
        ("E", "# no comment\n\\\n", 0),
        ("F", "", 3),
    ]
    assert one('RUN ["<<E"]').heredocs == ()
    assert one("RUN echo $((1<<2)) 'a <<b'").heredocs == ()
    assert one("USER <<E").heredocs == ()


def test_a_trigger_keeps_its_heredoc_and_is_read_later() -> None:
    kept = one("ONBUILD COPY <<E /x\nhi\nE")
    assert kept.value == "COPY <<E /x\nhi\nE"
    trigger = parse_trigger(kept.value)
    assert (trigger.name, trigger.heredocs[0].text) == ("COPY", "hi\n")
    with pytest.raises(InvalidParameter, match=r"^unknown instruction: FOO$"):
        parse_trigger("FOO x")


def test_changes_are_read_as_instructions() -> None:
    changes = parse_changes(["ENV A=1 B=2", 'CMD ["ls"]', "onbuild RUN x", "CMD"])
    assert [(i.name, i.words) for i in changes] == [
        ("ENV", ("A", "1", "B", "2")),
        ("CMD", ("ls",)),
        ("ONBUILD", ("RUN x",)),
        ("CMD", ()),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("RUN x", "run is not a valid change command"),
        ("FROM x", "from is not a valid change command"),
        ("FOO x", "foo is not a valid change command"),
        ('SHELL ["x"]', "shell is not a valid change command"),
        ("MAINTAINER x", "maintainer is not a valid change command"),
        ("ENV", "ENV requires at least one argument"),
        ("ENV a", "ENV must have two arguments"),
        ("# x", "file with no instructions"),
        ("", "file with no instructions"),
    ],
)
def test_a_bad_change_is_refused(change: str, sentence: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        parse_changes([change])
    assert str(refused.value) == sentence


def test_many_triggers_in_one_line_are_refused_and_break_nothing() -> None:
    assert "Chaining" in refusal("FROM a\n" + "ONBUILD " * 8000)


lines = st.lists(
    st.sampled_from(
        [
            "FROM a AS b", "RUN x", 'CMD ["a"]', "ENV a=b c='d e'", "COPY --from=b a b", "USER u",
            "LABEL a=b", "ARG V", "EXPOSE 80", "# comment", "", "RUN a \\\n  b", "HEALTHCHECK NONE",
            "RUN <<E\nx\nE",
        ]
    ),
    max_size=6,
).map(lambda body: "\n".join(["FROM base", *body]))  # fmt: skip


@given(lines)
def test_the_lines_of_all_instructions_read_the_same_again(text: str) -> None:
    def told(dockerfile: Dockerfile) -> list[tuple[str, tuple[str, ...], tuple[Flag, ...]]]:
        return [(i.name, i.words, i.flags) for i in dockerfile.instructions]

    dockerfile = parse(text)
    again = "\n".join(
        "\n".join([i.text, *(doc.content + doc.name for doc in i.heredocs)]) for i in dockerfile.instructions
    )
    assert told(parse(again)) == told(dockerfile)


@given(st.text(st.sampled_from("FROM abRUN\\\n#\"'[]<$={}- \t"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, f"FROM a\n{text}"):
        try:
            parse(whole)
        except InvalidParameter as error:
            assert str(error)
