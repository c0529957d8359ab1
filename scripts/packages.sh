# What must be installed for which command, and how it is installed. Read by ./callcenter.

missing=()
need() { # need PACKAGE TEST...: notes the Debian package when the test fails
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_library() { compgen -G "/usr/lib/*/$1.so*" || compgen -G "/lib/*/$1.so*" || compgen -G "/usr/lib64/$1.so*"; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb'; }
has_rabbitmq() { compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server'; }
has_kamailio_tls() { compgen -G '/usr/lib/*/kamailio/modules/tls.so'; }
has_voices() { compgen -G '/usr/lib/*/espeak-ng-data/fi_dict' || compgen -G '/usr/share/espeak-ng-data/fi_dict'; }

need_run() {
  need libicu72 has_library libicuuc
  need libssl3 has_library libssl
  need libopus0 has_library libopus
  need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
  need tzdata test -e /usr/share/zoneinfo/Europe/Helsinki
  need postgresql-15 has_postgres
  need espeak-ng command -v espeak-ng
  need espeak-ng-data has_voices
}

need_fleet() {
  need_run
  need rabbitmq-server has_rabbitmq
  need nginx test -x /usr/sbin/nginx
  need kamailio test -x /usr/sbin/kamailio
  need kamailio-tls-modules has_kamailio_tls
}

need_test() {
  need_fleet
  need sip-tester command -v sipp
  need baresip-core command -v baresip
  need chromium command -v chromium
  need sipvicious command -v svwar
  need prometheus command -v promtool
  need golang-go command -v go
  need golang-starlark-dev test -e /usr/share/gocode/src/go.starlark.net
}

need_interop() {
  need linphone-cli command -v linphonec
}

install_missing() {
  command -v dotnet >/dev/null && dotnet_sdk_10 || fail 'the .NET 10 SDK is missing; install it from https://dotnet.microsoft.com/download/dotnet/10.0 and put dotnet on the PATH'
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "missing: ${missing[*]} (names of Debian packages); install them and start again"
  [ "$(id -u)" -eq 0 ] || fail "missing: ${missing[*]}; install with: sudo apt-get install -y --no-install-recommends ${missing[*]}"
  step "packages: ${missing[*]}" apt_install
}

need_node() { # the screens are built with it
  command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail 'Node.js 20.19 or newer with npm is missing, which builds the screens; install it from https://nodejs.org and put node and npm on the PATH'
}

# Without ICU the SDK cannot even tell its versions.
dotnet_sdk_10() { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 dotnet --list-sdks | grep -q '^10\.'; }

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  # The packages' own servers would only hold ports and memory.
  export RUNLEVEL=1
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  apt-get update && UCF_FORCE_CONFFOLD=1 apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"
}
