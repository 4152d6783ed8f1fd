"""Sessions that are played on both: one command a line, `> ` for its standard input.

What a step writes has a fixed time: else two builds within one second would share a layer, and others not.
"""

FILES = {
    "app/Dockerfile": """\
FROM base
COPY app.txt /app.txt
ENV WHO=app
RUN echo hi > /hi && touch -t 202001010000 /hi
CMD ["cat", "/app.txt"]
""",
    "app/app.txt": "the app\n",
    "app/.dockerignore": "ignored\n",
    "app/ignored": "no\n",
    "bad/Dockerfile": "FROM base\nRUN exit 3\n",
    "worse/Dockerfile": "FROM base\nRUNN echo\n",
    "two/Dockerfile": """\
FROM base AS one
RUN echo 1 > /1 && touch -t 202001010000 /1
FROM base
COPY --from=one /1 /one
""",
}

STORIES: dict[str, str] = {
    "tag": """\
docker tag base web
docker tag base web:1.0
docker tag web:1.0 localhost:5000/team/web:2
docker images
docker images web
docker images web:1.0
docker images --no-trunc -q
docker images nosuch
docker images localhost:5000/team/web
docker images --digests
docker tag nosuch x
docker tag web:nosuch x
docker tag base UPPER
docker tag base web:bad!tag
docker tag base web:
docker tag base -x
docker tag base
docker tag {short:base} byshort
docker tag {id:base} byid
docker tag {hex:base} sha256:abc
docker images --format '{{.Repository}}:{{.Tag}} {{.ID}}'
docker image ls -a
docker image list web
""",
    "rmi": """\
docker tag base one
docker tag base two
docker rmi one
docker rmi one
docker rmi two nosuch
docker rmi
docker rmi -f nosuch
docker image rm nosuch:1 nosuch:2
docker build -t app app
docker tag app app:2
docker rmi {short:app}
docker rmi -f {short:app}
docker images
docker build -t app app
docker run --name user app true
docker rmi app
docker rmi {short:app}
docker rmi -f app
docker images
docker images -a
docker rm user
docker images -q -f dangling=true
docker image prune -f
docker image remove base:nosuch
""",
    "containers": """\
docker create --name made base echo hi
docker ps
docker ps -a
docker start made
docker start -a made
docker logs made
docker run --name ran base sh -c 'echo out; echo err >&2; exit 4'
docker logs ran
docker run --rm base echo gone
docker run --name ran base true
docker run --name odd base nosuchprogram
docker diff ran
docker run --name wrote base sh -c 'echo x > /x; mkdir /d; rm /bin/yes; chmod 700 /tmp'
docker diff wrote
docker rm nosuch
docker rm made ran nosuch
docker ps -a --format '{{.Names}} {{.Image}} {{.Command}}'
docker ps -aq --no-trunc -f name=wrote
docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.Name}}' wrote
docker rm -f wrote
docker diff wrote
docker run --name envy -e A=1 -e B='two words' -w /tmp base sh -c 'pwd; echo $A $B'
docker run --rm --entrypoint /bin/echo base entry point
docker rm
docker logs nosuch
docker start nosuch
docker wait envy
docker rename envy green
docker rename green green
docker ps -a -f status=exited --format '{{.Names}}'
""",
    "commit": """\
docker run --name c base sh -c 'echo changed > /changed'
docker run --name cc base sh -c 'echo changed > /changed'
docker commit cc
docker commit -m 'a message' -a 'Ada <ada@example.org>' cc committed
docker commit -c 'ENV X=1' -c 'CMD ["cat","/changed"]' cc committed:env
docker commit -c 'RUN x' cc bad
docker commit nosuch x
docker commit cc BAD
docker run --rm committed:env
docker run --rm committed:env sh -c 'echo $X'
docker history committed
docker history --no-trunc --format '{{.CreatedBy}}|{{.Comment}}|{{.Size}}' committed
docker images -f dangling=true
docker inspect -f '{{.Comment}}|{{.Author}}|{{.Config.Env}}|{{.Config.Cmd}}' committed committed:env
docker image prune -f
docker images
""",
    "build": """\
docker build -t app app
docker build -t app app
docker build --no-cache -t app:fresh app
docker images
docker images -a
docker history app
docker history -q app
docker history --no-trunc -H=false app
docker run --rm app
docker build -t bad bad
docker build -t worse worse
docker build nosuch
docker build -t UPPER app
docker build -f nosuch app
docker build -t two two
docker build --target one -t one two
docker build --target nosuch two
docker build --build-arg UNUSED=1 -t app:arg app
docker build -q app
docker build --label a=1 --label b=2 -t app:label app
docker inspect -f '{{json .Config.Labels}}' app:label
docker build -
docker build -t stdin -
> FROM base
> ENV A=stdin
> RUN echo $A
docker build -t empty -
> # nothing
docker build -t scratchy -
> FROM scratch
docker build -t badvar -
> FROM base
> COPY nosuch /
docker build -t unknown -
> FROM base
> FOO bar
""",
    "archives": """\
docker build -t app app
docker tag app app:2
docker save -o app.tar app
docker save -o both.tar app app:2 base
docker save nosuch -o x.tar
docker rmi app app:2
docker load -i app.tar
docker load -i app.tar
docker load -q -i both.tar
docker images
docker load -i nosuch.tar
docker load
> not a tar
docker tag base app
docker load -i app.tar
docker save -o id.tar {short:app}
docker rmi -f {short:app}
docker load -i id.tar
docker images
docker create --name c1 base true
docker export -o c1.tar c1
docker import c1.tar flat
docker import -m 'said' -c 'ENV A=1' c1.tar flat:2
docker import nosuch.tar
docker import c1.tar BAD
docker history flat:2
docker inspect -f '{{.Comment}}|{{.Config.Env}}' flat:2
docker export nosuch
""",
    "inspect": """\
docker inspect base
docker image inspect base
docker inspect nosuch
docker image inspect nosuch
docker image inspect base nosuch
docker inspect -f '{{.Id}} {{.Os}}/{{.Architecture}} {{.Size}}' base
docker inspect -f '{{json .RootFS}}' base
docker inspect -f '{{.Nosuch}}' base
docker inspect -f '{{' base
docker inspect -f '{{index .RepoTags 0}}' base
docker inspect --type container base
docker inspect --type nosuch base
docker inspect -s base
docker inspect
docker history nosuch
docker history
docker image
docker image nosuch
docker nosuch
docker images --nosuch
docker images a b
docker images -f nosuch=1
docker images -f bad
docker images -f reference='ba*'
docker images -f before=base
docker images -f since=nosuch
docker images -f label=a
docker ps -f nosuch=1
docker rmi --nosuch
docker history --format json base
docker images --format json
docker images --format '{{json .}}'
docker images --format 'table {{.Repository}}\\t{{.Size}}'
""",
    "prune": """\
docker build -t app app
docker build --no-cache -t app app
docker images -f dangling=true
docker image prune
> n
docker image prune -f
docker image prune -f
docker image prune -a -f --filter label=nosuch
docker build -t two two
docker images -a
docker tag two two:2
docker image prune -a -f --filter until=24h
docker create --name keeps two true
docker rmi -f two two:2
docker image prune -f
docker rm keeps
docker image prune -f
docker image prune -f -f --filter nosuch=1
docker image prune --filter dangling=maybe -f
""",
}
