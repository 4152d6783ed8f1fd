"""Sessions by chance: sensible and senseless commands on a few names, always the same for a seed.

`<word>` is one of the choices of that word, `(text)?` is there or, mostly, not.  Nothing is left to the
second in which a command is run: what a step writes has a fixed time, or a content of its own, so that two
layers are the same on both sides or on neither.
"""

import re
from random import Random

from judge.script import Scenario, scenario

SHORTEST, LONGEST = 10, 40  # commands of a session
ODDS = 0.3  # of what is optional

BEGIN = """\
@ note.txt
| a note
@ tree/a
| a
@ tree/sub/b*
| b
@ ctx/app.txt
| the app
@ ctx/run.sh*
| #!/bin/sh
| echo ran
docker build -q -t app -
> FROM base
> LABEL a=1
> RUN echo app > /app && touch -t 2001010000 /app
docker create --name one app true
"""

# How often each comes, and what is typed.
COMMANDS = r"""
6 docker tag <image> <target>
6 docker rmi (-f )?(--no-prune )?<image>( <image>)?
4 docker images (-a )?(-q )?(--no-trunc )?(<name>)?
3 docker images -f <filter> (-q)?
2 docker images --format '<format>'
4 docker history (-q )?(--no-trunc )?(-H=false )?<image>
4 docker image inspect -f '<about>' <image>( <image>)?
2 docker inspect -f '<state>' <box>
5 docker create (-e A=1 )?(-w /tmp )?--name <new> <image> <program>
5 docker run (-u nobody )?--name <new> <image> <program>
2 docker run --rm <image> <program>
1 docker run -d --name <new> <image> sleep 1000
3 docker start (-a )?<box>
2 docker <stop> <box>
4 docker rm (-f )?<box>
1 docker rename <box> <new>
4 docker diff <box>
1 docker logs <box>
1 docker exec <box> <line>
3 docker ps <all>(-q )?(--no-trunc )?(-f status=exited)?
6 docker commit (-m said )?(-c '<change>' )?<box> <target>
1 docker commit <box>
2 docker image prune -f (-a )?(--filter label=a)?
1 docker <sweep>
4 docker save -o <archive> <image>
4 docker load (-q )?-i <archive>
2 docker export -o flat.tar <box>
3 docker import (-c '<change>' )?flat.tar( <target>)?
3 docker cp <file> <box>:<inside>
3 docker cp <box>:<path> <outside>
5 docker build (--no-cache )?(-q )?-t <target> -<from>(<do>)?(<do>)?(<do>)?<do>
2 docker build -t <target> -f - ctx<from>(<do>)?<copy>
2 docker <verb> <wrong>
"""

WORDS = {
    "name": "base|base|app|app|web|web:1|web:2|localhost:5000/a/b|nosuch",
    "image": "<name>|<name>|<name>|<name>|{short:<name>}|{id:<name>}",
    "target": "<good>|" * 19 + "<bad>",
    "good": "app|web|web:1|web:2|localhost:5000/a/b|team/app:v1.0",
    "bad": "Bad|a:b:c|x@y|a..b|-x|web:|sha256:abc|''",
    "new": "one|one|two|two|three",
    "called": "<new>|<new>|<new>|<new>|<new>|nosuch",
    "box": "<called>|<called>|<called>|<called>|{short:<called>}",
    "all": "-a |-a |-a |",
    "stop": "stop -t 0|kill|pause|unpause",
    "sweep": "container prune -f|system df|system prune -f",
    "filter": "dangling=true|dangling=false|dangling=1|reference=web|reference=*/*/*|label=a|label=a=1|"
    "before=web|since=base|since=nosuch|nosuch=1|bad",
    "format": r"{{.Repository}}:{{.Tag}} {{.Size}}|{{.ID}} {{.Digest}}|table {{.Repository}}\t{{.Size}}|json|"
    r"{{json .}}|{{.Nope}}|{{.ID|{{upper .Repository}} {{len .Tag}}",
    "about": "{{json .Config}}|{{.RepoTags}} {{len .RootFS.Layers}}|{{json .RootFS}}|{{.Parent}}|{{.Nope}}|"
    "{{.Comment}} {{.Author}}|{{.Size}} {{.Os}}/{{.Architecture}}|{{index .RepoTags 0}}|"
    "{{json .ContainerConfig}}",
    "state": "{{.State.Status}} {{.State.ExitCode}}|{{.Name}} {{.Path}} {{.Args}}|{{json .Config}}|"
    "{{.Image}}",
    "program": "true|false|echo hello|sh -c 'exit 3'|cat /etc/group|nosuch|/etc||"
    "sh -c 'echo a > /a; touch -t 2001010000 /a'|sh -c 'echo <step> > /own; echo out'|"
    "sh -c 'rm /bin/yes; echo <step> > /own'|sh -c 'rm -r /var; mkdir /var; echo <step> > /var/own'",
    "line": "true|echo in|nosuch|cat /etc/group",
    "change": 'ENV X=1|CMD ["echo","changed"]|LABEL a=2|USER nobody|EXPOSE 80|WORKDIR /tmp|RUN x|ENV|'
    'ENTRYPOINT ["/bin/echo"]',
    "archive": "one.tar|two.tar",
    "file": "note.txt|tree|nosuch|tree/.",
    "inside": "/|/in|/no/such",
    "path": "/etc/group|/in|/nosuch|/bin/yes",
    "outside": ".|out|no/such",
    "from": "\n> FROM <ground>",
    "ground": "base|base|base|app|web|scratch|nosuch:1|BAD",
    "do": "\n> <step-of-build>",
    "step-of-build": "RUN echo 1 > /one && touch -t 2001010000 /one|RUN echo <step> > /own|RUN echo $A $V|"
    "RUN rm /bin/yes; echo <step> > /own|RUN false|RUN exit <step>|ENV A=1|ENV A=$A:2|ENV|LABEL a=1|"
    "LABEL a=1 b=<step>|USER nobody|USER root|EXPOSE 80|VOLUME /v|WORKDIR /tmp|ARG V=1|CMD echo hi|"
    'CMD ["echo", "hi"]|ENTRYPOINT ["/bin/echo"]|SHELL ["/bin/sh", "-ec"]|'
    "FOO bar|ONBUILD LABEL child=1|STOPSIGNAL SIGINT|HEALTHCHECK CMD true|MAINTAINER Ada|"
    "FROM base AS last|COPY --from=base /etc/group /g",
    "copy": "\n> <source>",
    "source": "COPY app.txt /|COPY app.txt /renamed|COPY . /all|ADD run.sh /|COPY nosuch /|"
    "COPY --chown=1:2 run.sh /r",
    "verb": "tag|rmi|images|history|inspect|save|load|import|export|commit|diff|cp|create|run|start|stop|"
    "kill|rm|rename|logs|exec|build|pull|wait",
    "wrong": "|--nosuch x|x y z w",
}


def grown(text: str, random: Random) -> str:
    """`text` with a choice for each of its words, and of what is optional only what chance keeps."""
    while True:
        text = re.sub(r"\(([^()]*)\)\?", lambda found: found[1] * (random.random() < ODDS), text)
        grown = re.sub(r"<([a-z-]+)>", lambda found: _chosen(found[1], random), text)
        if grown == text:
            return text
        text = grown


def _chosen(word: str, random: Random) -> str:
    return random.choice(WORDS[word].split("|")) if word in WORDS else f"<{word}>"


def session(seed: int) -> Scenario:
    """A whole session."""
    random = Random(seed)
    kinds = [line.partition(" ") for line in COMMANDS.strip().splitlines()]
    weights = [int(weight) for weight, _, _ in kinds]
    length = round(random.triangular(SHORTEST, LONGEST, SHORTEST))
    drawn = random.choices([text for _, _, text in kinds], weights, k=length)
    lines = [grown(text, random).replace("<step>", str(step)) for step, text in enumerate(drawn)]
    return scenario("\n".join([BEGIN, *lines]))
