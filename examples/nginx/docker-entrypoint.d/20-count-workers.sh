#!/bin/sh
# One worker, or as many as NGINX_WORKERS says.
set -e
[ -n "$NGINX_WORKERS" ] || exit 0
sed -i "s/^worker_processes.*/worker_processes $NGINX_WORKERS;/" /etc/nginx/nginx.conf
