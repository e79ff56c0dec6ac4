# Completion of bitcoin for bash: source it, or put it into /usr/share/bash-completion/completions/bitcoin.
_bitcoin() {
    local word=${COMP_WORDS[COMP_CWORD]} command='' sub='' address='' index
    for ((index = 1; index < COMP_CWORD; index++)); do
        case ${COMP_WORDS[index]} in
        -*) ;;
        *)
            if [ -z "$command" ]; then command=${COMP_WORDS[index]}
            elif [ -z "$sub" ]; then sub=${COMP_WORDS[index]}
            elif [ -z "$address" ]; then address=${COMP_WORDS[index]}
            fi
            ;;
        esac
    done
    if [ -z "$command" ]; then
        mapfile -t COMPREPLY < <(compgen -W "tui node rpc cli wallet ipc help -m -v -h" -- "$word")
        return
    fi
    [ "$command" = ipc ] || return
    case $word in
    -record=* | -datadir=*) mapfile -t COMPREPLY < <(compgen -f -- "${word#*=}") ;;
    -*)
        mapfile -t COMPREPLY < <(compgen -W "-regtest -signet -testnet4 -datadir= -help -json -record= -full -showsecrets
            -color= -list -ignore= -timeout=" -- "$word")
        compopt -o nospace
        ;;
    *)
        if [ -z "$sub" ]; then
            mapfile -t COMPREPLY < <(compgen -W "trace call replay help" -- "$word")
        elif [ -z "$address" ]; then
            mapfile -t COMPREPLY < <(compgen -W "unix unix:" -- "$word")
        elif [ "$sub" = call ]; then
            # Interface.method of everything that there is.
            mapfile -t COMPREPLY < <(compgen -W "$(bitcoin ipc call -list 2>/dev/null |
                awk '/^[A-Z]/ { name = $1 } /^  / { sub(/\(.*/, "", $1); print name "." $1 }')" -- "$word")
        elif [ "$sub" = replay ]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        else
            mapfile -t COMPREPLY < <(compgen -W "unix unix:" -- "$word")
        fi
        ;;
    esac
}
complete -F _bitcoin bitcoin
