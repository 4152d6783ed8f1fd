"""nginx: seven floors upon debian, as the official image has them.

The base, one large install, then five small scripts, each in a layer of its own;
all the rest of the Dockerfile changes only the config.
"""

from functools import cache
from typing import Final

from labimg.entry import Entry
from labimg.seeds.debian import GROUP, PASSWD, base
from labimg.seeds.debian import HISTORY as BASE_HISTORY
from labimg.seeds.debs import PAGE
from labimg.seeds.image import PATH, Row, SeedImage
from labimg.seeds.matter import SCRIPT, Tree, lines

CREATED: Final = "2024-06-20T18:31:07Z"
MTIME: Final = 1_718_908_267  # seconds
BUILDKIT: Final = "buildkit.dockerfile.v0"
SETTINGS: Final = lines(
    "user  nginx;",
    "worker_processes  auto;",
    "error_log  /var/log/nginx/error.log notice;",
    "pid        /var/run/nginx.pid;",
    "events {",
    "    worker_connections  1024;",
    "}",
    "http {",
    "    include       /etc/nginx/mime.types;",
    "    default_type  application/octet-stream;",
    "    access_log    /var/log/nginx/access.log;",
    "    sendfile      on;",
    "    include /etc/nginx/conf.d/*.conf;",
    "}",
)
SITE: Final = lines(
    "server {",
    "    listen       80;",
    "    server_name  localhost;",
    "    location / {",
    "        root   /usr/share/nginx/html;",
    "        index  index.html index.htm;",
    "    }",
    "}",
)
ENTRYPOINT: Final = """#!/bin/sh
# Before nginx starts, run every script of /docker-entrypoint.d in order.
set -e

say() {
    [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $1"
}

case "$1" in
nginx | nginx-debug)
    if find /docker-entrypoint.d -type f | grep -q .; then
        say "/docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        say "Looking for shell scripts in /docker-entrypoint.d/"
        for script in /docker-entrypoint.d/*; do
            case "$script" in
            *.envsh) say "Sourcing $script"; . "$script" ;;
            *.sh)
                if [ -x "$script" ]; then
                    say "Launching $script"
                    "$script"
                else
                    say "Ignoring $script, not executable"
                fi
                ;;
            *) say "Ignoring $script" ;;
            esac
        done
        say "Configuration complete; ready for start up"
    fi
    ;;
esac

exec "$@"
"""
SCRIPTS: Final = {
    "10-listen-on-ipv6-by-default.sh": """#!/bin/sh
# Listen on IPv6 too, unless somebody changed the site's settings.
set -e
site=/etc/nginx/conf.d/default.conf
[ -w "$site" ] || exit 0
grep -q 'listen  *\\[::\\]:80' "$site" && exit 0
sed -i 's/listen       80;/listen       80;\\n    listen  [::]:80;/' "$site"
echo "$(basename "$0"): info: Enabled listen on IPv6 in $site"
""",
    "15-local-resolvers.envsh": """#!/bin/sh
# Tell the settings which name servers there are, if somebody asks for it.
[ -n "${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ] || return 0
export NGINX_LOCAL_RESOLVERS="$(sed -n 's/^nameserver //p' /etc/resolv.conf | tr '\\n' ' ')"
""",
    "20-envsubst-on-templates.sh": """#!/bin/sh
# Make settings of templates: every ${NAME} gives way to the variable's value.
set -e
folder="${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"
[ -d "$folder" ] || exit 0
for template in "$folder"/*.template; do
    [ -f "$template" ] || continue
    target="/etc/nginx/conf.d/$(basename "$template" .template)"
    echo "$(basename "$0"): Running envsubst on $template to $target"
    eval "cat <<END_OF_TEMPLATE
$(cat "$template")
END_OF_TEMPLATE" > "$target"
done
""",
    "30-tune-worker-processes.sh": """#!/bin/sh
# One worker for each processor, if somebody asks for it.
set -e
[ -n "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
sed -i "s/^worker_processes.*/worker_processes $(nproc);/" /etc/nginx/nginx.conf
""",
}
ENVIRONMENT: Final = {
    "NGINX_VERSION": "1.27.0", "NJS_VERSION": "0.8.4", "NJS_RELEASE": "2~bookworm",
    "PKG_RELEASE": "2~bookworm",
}  # fmt: skip
INSTALL: Final = (
    "RUN /bin/sh -c set -x"
    "     && groupadd --system --gid 101 nginx"
    "     && useradd --system --gid nginx --no-create-home --home /nonexistent"
    ' --comment "nginx user" --shell /bin/false --uid 101 nginx'
    "     && apt-get update"
    "     && apt-get install --no-install-recommends --no-install-suggests -y"
    " nginx=${NGINX_VERSION}-${PKG_RELEASE} nginx-module-njs=${NGINX_VERSION}+${NJS_VERSION}-${NJS_RELEASE}"
    " gettext-base curl"
    "     && apt-get remove --purge --auto-remove -y"
    "     && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/nginx.list"
    "     && ln -sf /dev/stdout /var/log/nginx/access.log"
    "     && ln -sf /dev/stderr /var/log/nginx/error.log"
    "     && mkdir /docker-entrypoint.d # buildkit"
)


def _installed() -> list[Entry]:
    """The layer of the one large RUN."""
    tree = Tree(MTIME)
    tree.file("/etc/passwd", PASSWD + "nginx:x:101:101:nginx user:/nonexistent:/bin/false\n")
    tree.file("/etc/group", GROUP + "nginx:x:101:\n")
    tree.file("/etc/nginx/nginx.conf", SETTINGS)
    tree.file("/etc/nginx/conf.d/default.conf", SITE)
    tree.file("/etc/nginx/mime.types", "types { text/html html htm; text/css css; }\n")
    tree.symlink("/etc/nginx/modules", "/usr/lib/nginx/modules")
    tree.programs("/usr/sbin", {"nginx": 153_000, "nginx-debug": 170_000})
    tree.programs("/usr/bin", {"curl": 27_000, "envsubst": 3_700})
    tree.file("/usr/share/nginx/html/index.html", PAGE)
    tree.file("/usr/share/nginx/html/50x.html", PAGE.replace("Welcome to nginx!", "An error occurred."))
    folder = "/usr/lib/x86_64-linux-gnu"
    tree.files(
        {
            f"{folder}/libssl.so.3": 66_000,
            f"{folder}/libcurl.so.4": 82_000,
            f"{folder}/libicudata.so.72": 3_060_000,
        }
    )
    tree.files(
        {f"{folder}/libxml2.so.2": 195_000, f"{folder}/libgd.so.3": 48_000, f"{folder}/libX11.so.6": 130_000}
    )
    tree.files(
        {"/usr/lib/nginx/modules/ngx_http_js_module.so": 540_000, "/usr/share/doc/nginx/changelog": 290_000}
    )
    tree.files({"/etc/ssl/certs/ca-certificates.crt": 21_900, "/usr/share/locale/messages.mo": 1_010_000})
    tree.folder("/var/cache/nginx")
    tree.symlink("/var/log/nginx/access.log", "/dev/stdout")
    tree.symlink("/var/log/nginx/error.log", "/dev/stderr")
    tree.folder("/docker-entrypoint.d")
    return tree.entries


def _script(path: str, text: str) -> list[Entry]:
    tree = Tree(MTIME)
    tree.file(path, text, mode=SCRIPT)
    return tree.entries


@cache
def nginx() -> SeedImage:
    """nginx:1.27."""
    scripts = [_script(f"/docker-entrypoint.d/{name}", text) for name, text in SCRIPTS.items()]
    run = {
        "ExposedPorts": {"80/tcp": {}},
        "Env": [PATH, *(f"{name}={value}" for name, value in ENVIRONMENT.items())],
        "Entrypoint": ["/docker-entrypoint.sh"],
        "Cmd": ["nginx", "-g", "daemon off;"],
        "Labels": {"maintainer": "NGINX Docker Maintainers <docker-maint@nginx.com>"},
        "StopSignal": "SIGQUIT",
        "ArgsEscaped": True,
    }
    return SeedImage(
        [base(), _installed(), _script("/docker-entrypoint.sh", ENTRYPOINT), *scripts],
        CREATED,
        run,
        _history(),
    )


def _history() -> list[Row]:
    def row(text: str, *, empty: bool = False) -> Row:
        return Row(CREATED, text, empty, BUILDKIT)

    return [
        *BASE_HISTORY,
        row("LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>", empty=True),
        *(row(f"ENV {name}={value}", empty=True) for name, value in ENVIRONMENT.items()),
        row(INSTALL),
        row("COPY docker-entrypoint.sh / # buildkit"),
        *(row(f"COPY {name} /docker-entrypoint.d # buildkit") for name in SCRIPTS),
        row('ENTRYPOINT ["/docker-entrypoint.sh"]', empty=True),
        row("EXPOSE map[80/tcp:{}]", empty=True),
        row("STOPSIGNAL SIGQUIT", empty=True),
        row('CMD ["nginx" "-g" "daemon off;"]', empty=True),
    ]
