# Completion of bitcoin-cli for bash: source it, or put it into /usr/share/bash-completion/completions/bitcoin-cli.
_bitcoin_cli() {
    local word=${COMP_WORDS[COMP_CWORD]} options=() index
    for ((index = 1; index < COMP_CWORD; index++)); do
        case ${COMP_WORDS[index]} in -*) options+=("${COMP_WORDS[index]}") ;; esac
    done
    case $word in
    -*)
        mapfile -t COMPREPLY < <(compgen -W "-regtest -signet -testnet4 -datadir= -ipcconnect= -named -rpcwait
            -rpcwallet= -stdin -stdinwalletpassphrase -help -version" -- "$word")
        compopt -o nospace
        ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W "$(bitcoin-cli "${options[@]}" help 2>/dev/null |
            sed -n 's/^\([a-z]\+\).*/\1/p')" -- "$word")
        ;;
    esac
}
complete -F _bitcoin_cli bitcoin-cli
