"""Dockerfiles that cannot be read, and what Docker says of each."""

AT = "dockerfile parse error line 2: "
BODIES = [
    ("FOO bar", AT + "unknown instruction: FOO"),
    ("foo bar", AT + "unknown instruction: FOO"),
    ("FROM", AT + "FROM requires either one or three arguments"),
    ("FROM a b", AT + "FROM requires either one or three arguments"),
    ("FROM a is b", AT + "FROM requires either one or three arguments"),
    (
        "FROM x AS 1x",
        AT + 'invalid name for build stage: "1x", name can\'t start with a number or contain symbols',
    ),
    (
        "COPY a",
        AT + "COPY requires at least two arguments, but only one was provided. "
        "Destination could not be determined",
    ),
    (
        'ADD ["a"]',
        AT + "ADD requires at least two arguments, but only one was provided. "
        "Destination could not be determined",
    ),
    ("COPY --foo= a b", AT + "Unknown flag: foo"),
    ("COPY --from a b", AT + "Missing a value on flag: from"),
    ("COPY --from=a --from=b a b", AT + "Duplicate flag specified: from"),
    ("COPY --link=perhaps a b", AT + "Expecting boolean value for flag link, not: perhaps"),
    ("COPY --link= a b", AT + "Missing a value on flag: link"),
    ("CMD --x", AT + "Unknown flag: x"),
    ("RUN --mounted=x y", AT + "Unknown flag: mounted"),
    ("COPY a <<EOF\nEOF", AT + "COPY cannot accept a heredoc as a destination"),
    ("ENV", AT + "ENV requires at least one argument"),
    ("ENV =x", AT + "ENV names can not be blank"),
    ("ENV a", "failed to parse Dockerfile: ENV must have two arguments"),
    ("LABEL a", "failed to parse Dockerfile: LABEL must have two arguments"),
    (
        "ENV a=b c",
        'failed to parse Dockerfile: Syntax error - can\'t find = in "c". Must be of the form: name=value',
    ),
    ("ARG", AT + "ARG requires at least one argument"),
    ("ARG a =b", AT + "ARG names can not be blank"),
    ("EXPOSE", AT + "EXPOSE requires at least one argument"),
    ('VOLUME [""]', AT + "VOLUME specified can not be an empty string"),
    ("VOLUME", AT + "VOLUME requires at least one argument"),
    ("SHELL /bin/sh", AT + "SHELL requires the arguments to be in JSON form"),
    ("SHELL []", AT + "SHELL requires at least one argument"),
    ("ONBUILD", AT + "ONBUILD requires at least one argument"),
    ("ONBUILD FROM x", AT + "FROM isn't allowed as an ONBUILD trigger"),
    ("ONBUILD maintainer x", AT + "MAINTAINER isn't allowed as an ONBUILD trigger"),
    ("ONBUILD ONBUILD RUN x", AT + "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
    ("ONBUILD ENV a", "failed to parse Dockerfile: ENV must have two arguments"),
    ("HEALTHCHECK", AT + "HEALTHCHECK requires at least one argument"),
    ("HEALTHCHECK FOO", AT + 'Unknown type "FOO" in HEALTHCHECK (try CMD)'),
    ("HEALTHCHECK CMD", AT + "Missing command after HEALTHCHECK CMD"),
    ("HEALTHCHECK NONE x", AT + "HEALTHCHECK NONE takes no arguments"),
    ("HEALTHCHECK --interval=5 CMD x", AT + 'time: missing unit in duration "5"'),
    ("HEALTHCHECK --timeout=1us CMD x", AT + 'Interval "timeout" cannot be less than 1ms'),
    ("HEALTHCHECK --retries=0 CMD x", AT + "--retries must be at least 1 (not 0)"),
    ("HEALTHCHECK --retries=x CMD x", AT + 'strconv.ParseInt: parsing "x": invalid syntax'),
    ("WORKDIR", AT + "WORKDIR requires exactly one argument"),
    ("USER", AT + "USER requires exactly one argument"),
    ("STOPSIGNAL", AT + "STOPSIGNAL requires exactly one argument"),
    ("MAINTAINER", AT + "MAINTAINER requires exactly one argument"),
    (
        'CMD ["a", 1]',
        "failed to parse Dockerfile: when using JSON array syntax, arrays must be comprised of strings only",
    ),
    ("RUN <<EOF\nnever", "failed to parse Dockerfile: unterminated heredoc"),
    (
        "RUN " + "x" * 65532,
        "failed to parse Dockerfile: dockerfile line greater than max allowed size of 65535",
    ),
]  # what stands after a FROM

TEXTS = [
    ("", "the Dockerfile (Dockerfile) cannot be empty"),
    ("\n", "failed to parse Dockerfile: file with no instructions"),
    ("# only\n  # comments\n\n", "failed to parse Dockerfile: file with no instructions"),
    ("RUN x", "no build stage in current context"),
    ("ARG A\nRUN x", "no build stage in current context"),
    ("RUN x\nFOO", "no build stage in current context"),
    ("FOO\nRUN x", "dockerfile parse error line 1: unknown instruction: FOO"),
    ("FROM a\nFOO\nENV a", "failed to parse Dockerfile: ENV must have two arguments"),
    ("FROM a\n\n# c\nRUN a \\\n  b\n\nFOO", "dockerfile parse error line 7: unknown instruction: FOO"),
    ("FROM a\nWORKDIR \\\n\n", "dockerfile parse error line 2: WORKDIR requires exactly one argument"),
    (
        "# escape=x\nFROM a",
        "failed to parse Dockerfile: invalid escape token 'x' does not match ` or \\",
    ),
    (
        "# escape=`\n# escape=`\nFROM a",
        "failed to parse Dockerfile: only one escape parser directive can be used",
    ),
]
