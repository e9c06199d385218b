# Completion of kubeseal-rs and kubeseal for fish: PROGRAM says what can stand at the cursor.
function __kubeseal_rs_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    for line in (VARIABLE=fish PROGRAM -- "" (count $words) $words "$current" 2>/dev/null </dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            printf '%s\n' $line
        end
    end
end
complete --command kubeseal-rs --keep-order --no-files --arguments '(__kubeseal_rs_complete)'
complete --command kubeseal --keep-order --no-files --arguments '(__kubeseal_rs_complete)'
