"""Dockerfiles that both engines build: each with its context, as text; `{site}` is where a web site is."""

from typing import NamedTuple


class Recipe(NamedTuple):
    """One Dockerfile, the files beside it, and the arguments it is given."""

    name: str
    dockerfile: str
    files: dict[str, str] = {}  # noqa: RUF012  # read only
    args: dict[str, str] = {}  # noqa: RUF012
    before: str = ""  # a Dockerfile to build first, tagged `before`

    @property
    def stages(self) -> list[tuple[str, str]]:
        """The names to build, each with its Dockerfile."""
        return [("before", self.before)] * bool(self.before) + [(self.name, self.dockerfile)]


RECIPES = [
    Recipe(
        "copy",
        """\
FROM base
COPY one.txt /one.txt
COPY one.txt two.txt /both/
COPY folder /folder
COPY folder/ /deep/er/
COPY --chown=4242:33 tool.sh /usr/bin/tool
COPY *.txt /matched/
COPY ["with space.txt", "/with space/"]
""",
        {
            "one.txt": "1\n",
            "two.txt": "two\n",
            "tool.sh*": "#!/bin/sh\necho tool\n",
            "folder/a": "a",
            "folder/sub/b": "b" * 3000,
            "with space.txt": "s",
        },
    ),
    Recipe(
        "add",
        """\
FROM base
ADD data.txt /data/
ADD folder /folder
ADD packed.tar /unpacked
ADD packed.tar.gz /
""",
        {"data.txt": "data", "folder/x": "x", "packed.tar": "@tar", "packed.tar.gz": "@tar"},
    ),
    Recipe(
        "download",
        """\
FROM base
ADD {site}/one/first.txt {site}/two/a%20b?modified=Tue,%2014%20Nov%202023%2022:13:20%20GMT /both/
ADD --chown=5:6 {site}/three/packed.tar.gz /own/
ADD {site}/four/ /unnamed
ADD {site}/five/?called=six data.txt /named/
ADD {site}/seven/eight?gzip=1 {site}//nothing /
""",
        {"data.txt": "data"},
    ),
    Recipe(
        "run",
        """\
FROM base
RUN mkdir -p /srv/www/a && echo hello > /srv/www/a/index.html
RUN echo more >> /srv/www/a/index.html; chmod 600 /srv/www/a/index.html
RUN ln -s index.html /srv/www/a/link && ln /srv/www/a/index.html /srv/www/a/hard
RUN cp /srv/www/a/index.html /copy && mv /copy /moved && touch /srv/empty
RUN ["mkdir", "/exec form"]
RUN chown nobody:nogroup /moved && chmod u+s,g-w,o= /moved
""",
    ),
    Recipe(
        "shell",
        """\
FROM base
RUN for n in 1 2 3; do echo "line $n" >> /lines; done
RUN set -e; x=value; if [ -f /lines ] && test "$x" = value; then echo yes > /answer; else exit 1; fi
RUN cat /lines | grep -v 2 | sed s/line/LINE/ | sort -r > /sorted && wc -l < /sorted > /count
RUN false || printf '%s-%03d\\n' a 7 > /printed
RUN (cd /tmp && pwd) > /where && echo $(cat /where) "`cat /count`" > /nested
RUN echo a > /g1; echo b > /g2; cat /g? > /globbed; rm /g[12]
RUN find /etc -type f | sort > /found; head -n 1 /found > /first; tail -n 1 /found > /last
RUN case linux in lin*) echo matched;; *) echo not;; esac > /case; echo ${HOME:-none} ${NONE:-default} > /vars
""",
    ),
    Recipe(
        "env",
        """\
FROM base
ENV A=1 B="two words" C=three\\ words
ENV OLD style value
ENV PATH=/opt/bin:$PATH D=${A}-${B:-none} E=${NOTHING:-fallback} F=${A:+set}
LABEL version="1.0" note="it is $A" multi=a\\
b
RUN echo "$A|$B|$C|$OLD|$D|$E|$F" > /env && echo $PATH >> /env
""",
    ),
    Recipe(
        "arg",
        """\
ARG FROMWHAT=base
FROM ${FROMWHAT}
ARG GIVEN=default
ARG KEPT=kept
ARG EMPTY
ENV FIXED=${GIVEN}
RUN echo "$GIVEN $KEPT [$EMPTY] $FIXED" > /args
ARG LATE=$KEPT-late
RUN echo $LATE > /late
""",
        args={"GIVEN": "given by hand"},
    ),
    Recipe(
        "workdir",
        """\
FROM base
WORKDIR /srv
WORKDIR app
RUN pwd > where
ENV SUB=deeper
WORKDIR $SUB/still
COPY here .
COPY here ./other
WORKDIR /
RUN pwd > /where
""",
        {"here": "here"},
    ),
    Recipe(
        "user",
        """\
FROM base
RUN echo ada:x:4243:4243::/home/ada:/bin/sh >> /etc/passwd && echo ada:x:4243: >> /etc/group
RUN mkdir -p /home/ada/mine && chown -R ada:ada /home/ada
USER ada
RUN id > /home/ada/id && touch /home/ada/mine/file && echo $HOME > /home/ada/home
COPY note /home/ada/note
WORKDIR /home/ada/work
USER 0:0
RUN id > /id
""",
        {"note": "note"},
    ),
    Recipe(
        "multistage",
        """\
FROM base AS build
RUN mkdir /out && echo built > /out/app && ln -s app /out/link && mkdir /out/sub && echo s > /out/sub/s
FROM base AS middle
COPY --from=build /out/app /app
RUN echo middle >> /app
FROM scratch
COPY --from=build /out /out
COPY --from=1 /app /app
COPY --from=base /etc/passwd /etc/passwd
CMD ["/out/app"]
""",
    ),
    Recipe(
        "ignore",
        """\
FROM base
COPY . /all
""",
        {
            ".dockerignore": "*.log\n!keep.log\n**/cache\n#\n\nsecret*\ndocs/*.md\n!docs/read.md\n/.hid*\n",
            "a.log": "x",
            "keep.log": "x",
            "deep/b.log": "x",
            "deep/cache/c": "x",
            "cache": "x",
            "secret.txt": "x",
            "deep/secret": "x",
            "docs/a.md": "x",
            "docs/read.md": "x",
            "docs/sub/b.md": "x",
            ".hidden": "x",
            "shown": "x",
        },
    ),
    Recipe(
        "onbuild",
        """\
FROM before
RUN cat /app/file /triggered > /result
""",
        {"file": "content\n"},
        before="""\
FROM base
ONBUILD COPY file /app/file
ONBUILD RUN echo triggered > /triggered
ONBUILD ENV TRIGGERED=yes
RUN touch /made-before
""",
    ),
    Recipe(
        "whiteouts",
        """\
FROM base
RUN mkdir -p /d/sub /e /f && echo 1 > /d/one && echo 2 > /d/sub/two && echo 3 > /e/three && echo 4 > /f/four
RUN rm /d/one
RUN rm -r /d && mkdir /d && echo new > /d/new
RUN rm -r /e && echo now a file > /e
RUN rm /f/four && rmdir /f
RUN rm /bin/yes; echo short-lived > /gone; rm /gone
RUN rm /e && mkdir /e && mv /d/new /e/moved
""",
    ),
    Recipe(
        "metadata",
        """\
FROM base
MAINTAINER Ada Lovelace <ada@example.org>
EXPOSE 80 443/tcp 53/udp 8000-8002
VOLUME /data ["/more"]
VOLUME ["/cache", "/spool"]
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=3s --retries=2 CMD test -f /etc/passwd
SHELL ["/bin/sh", "-ec"]
RUN echo with -e > /shelled
ENTRYPOINT ["/bin/echo", "-n"]
CMD ["one", "two words"]
LABEL org.example.empty="" b=2 a=1
""",
    ),
    Recipe(
        "forms",
        """\
# escape=`
# a remark
FROM base
RUN echo joined `
    # a remark inside
    by an escape > /joined
CMD echo shell form of $HOME
ENTRYPOINT exec top -b
COPY a b c:d /many/
""",
        {"a": "a", "b": "b", "c:d": "cd"},
    ),
]
