"""Sessions by chance: commands on a few names, sensible and senseless, always the same for a seed."""

from random import Random

IMAGES = ["base", "base", "app", "web", "web:1", "web:2", "localhost:5000/a/b", "nosuch"]
CONTAINERS = ["one", "one", "two", "two", "three", "nosuch"]
BEGIN = [
    "docker tag base web",
    "docker build -t app -\n> FROM base\n> RUN echo app > /app",
    "docker create --name one app true",
]
PROGRAMS = [
    "true",
    "false",
    "echo hello",
    "sh -c 'echo a > /a; exit 2'",
    "sh -c 'rm -r /tmp; mkdir /new'",
    "cat /nosuch",
    "nosuch",
]
FORMATS = ["{{.Repository}}:{{.Tag}} {{.Size}}", "{{.ID}}", "table {{.Repository}}\\t{{.Size}}"]
FILTERS = ["dangling=true", "dangling=false", "reference=web", "reference=*", "label=a", "label=a=1"]
DOCKERFILES = [
    "> FROM base\n> RUN echo 1 > /one\n",
    "> FROM base\n> ENV A=1\n> RUN echo $A > /two\n> RUN rm /two\n",
    "> FROM web\n> CMD echo hi\n",
    "> FROM base\n> LABEL a=1\n> USER nobody\n",
    "> FROM base\n> RUN false\n",
    "> FROM scratch\n> LABEL a=2\n",
]


def image(random: Random, names: list[str]) -> str:
    """A name, or an ID, that may lead to an image."""
    name = random.choice(names)
    return random.choice([name, name, name, f"{{short:{name}}}", f"{{id:{name}}}"])


def line(random: Random) -> str:
    """One command."""
    one, two, box = image(random, IMAGES), image(random, IMAGES[2:]), random.choice(CONTAINERS)
    named = random.choice(IMAGES[2:])
    return random.choice(
        [
            f"docker tag {one} {named}",
            f"docker tag {one} {named}",
            f"docker tag {one} {random.choice(['Bad', 'a:b:c', 'x@y', 'ok/name:tag'])}",
            f"docker rmi {two}",
            f"docker rmi {one} {two}",
            f"docker rmi -f {two}",
            f"docker rmi --no-prune {two}",
            f"docker images {random.choice(['', '-a', '-q', '--no-trunc', named])}",
            f"docker images -f {random.choice(FILTERS)}",
            f"docker images --format '{random.choice(FORMATS)}'",
            f"docker history --format '{{{{.CreatedBy}}}} {{{{.Size}}}}' {one}",
            f"docker inspect -f '{{{{json .Config}}}}' {one}",
            f"docker inspect -f '{{{{.RepoTags}}}} {{{{len .RootFS.Layers}}}}' {one}",
            f"docker create --name {box} {one} {random.choice(PROGRAMS)}",
            f"docker run --name {box} {one} {random.choice(PROGRAMS)}",
            f"docker run --name {box} {one} {random.choice(PROGRAMS)}",
            f"docker run --rm {one} {random.choice(PROGRAMS)}",
            f"docker start {box}",
            f"docker rm {random.choice(['', '-f'])} {box}",
            f"docker diff {box}",
            f"docker logs {box}",
            f"docker ps -a {random.choice(['', '-q', '--no-trunc', '-f status=exited'])}",
            f"docker commit {box} {named}",
            f"docker commit {box}",
            f"docker image prune -f {random.choice(['', '', '--filter label=a'])}",
            f"docker save -o saved.tar {one}",
            "docker load -i saved.tar",
            f"docker export -o flat.tar {box}",
            f"docker import flat.tar {named}",
            f"docker build -t {named} -\n{random.choice(DOCKERFILES)}",
            f"docker build --no-cache -t {named} -\n{random.choice(DOCKERFILES)}",
        ]
    )


def session(seed: int, length: int) -> str:
    """A whole session, as the text of a story; it ends with a look at all there is."""
    random = Random(seed)
    lines = [line(random) for _ in range(length)]
    return "\n".join(
        [*lines, "docker images -a", "docker ps -a", "docker image prune -f", "docker images -a"]
    )
