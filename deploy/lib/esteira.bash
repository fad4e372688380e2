# Loads everything that the scripts of this folder share.

deploy_library=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source-path=SCRIPTDIR
source "$deploy_library/state.bash"
# shellcheck source-path=SCRIPTDIR
source "$deploy_library/processes.bash"
# shellcheck source-path=SCRIPTDIR
source "$deploy_library/packages.bash"
# shellcheck source-path=SCRIPTDIR
source "$deploy_library/postgresql.bash"
# shellcheck source-path=SCRIPTDIR
source "$deploy_library/rabbitmq.bash"
# shellcheck source-path=SCRIPTDIR
source "$deploy_library/fleet.bash"
