# Completion of bitcoin-node for bash: source it, or put it into /usr/share/bash-completion/completions/bitcoin-node.
_bitcoin_node() {
    # At "=" bash splits words.
    local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT}
    case ${line##* } in
    -*=*) mapfile -t COMPREPLY < <(compgen -f -- "${word#=}") ;;
    *)
        # All that have an effect, with "=" where a value must follow.
        mapfile -t COMPREPLY < <(compgen -W "$(bitcoin-node -help 2>/dev/null |
            awk '/^  -/ { name = $1; sub(/=.*/, "=", name) } /^       / && name != "" {
                if (!/Accepted, not in effect yet/) print name; name = "" }')" -- "$word")
        compopt -o nospace
        ;;
    esac
}
complete -F _bitcoin_node bitcoin-node
