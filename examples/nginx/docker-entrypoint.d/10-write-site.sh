#!/bin/sh
# Write the settings of the site, with the port that was asked for.
set -e
cat > /etc/nginx/conf.d/default.conf <<SITE
server {
    listen       ${NGINX_PORT:-80};
    server_name  localhost;
    root         /usr/share/nginx/html;
    index        index.html;
}
SITE
