# A rehearsal of two versions: its parts, whose programs work in each, and what they did.

# In this order. The first two and the last two are a change and the way back: one version alone, and both
# side by side. In between the stages take turns, so that each writes for the other version.
rehearsal_parts=(before together old-to-new new-to-old after return back)

# versions_in PART: a line for each program in the order of the flow, with the versions that run.
versions_in() {
  local program even odd
  case $1 in
  before | back) even='old' odd='old' ;;
  after) even='new' odd='new' ;;
  together | return) even='old new' odd='old new' ;;
  old-to-new) even='old' odd='new' ;;
  new-to-old) even='new' odd='old' ;;
  *) return 1 ;;
  esac
  for program in esteira-ingress "${workers[@]}"; do
    case $1:$program in
    # It has one address.
    together:esteira-ingress) printf '%s old\n' "$program" ;;
    return:esteira-ingress) printf '%s new\n' "$program" ;;
    # Who writes for whom: ingress, importer, centralizer, creator, and then both that end the flow.
    *:esteira-lead-importer | *:esteira-opportunity-creator) printf '%s %s\n' "$program" "$odd" ;;
    *) printf '%s %s\n' "$program" "$even" ;;
    esac
  done
}

# replica_of VERSION: one replica of each program and version at most.
replica_of() { if [[ $1 == old ]]; then printf '1\n'; else printf '2\n'; fi; }

# handled_in PROGRAM: of its page of metrics, how many messages it finished or, of ingress, webhooks it took.
handled_in() {
  local series='deliveries_total[{].*outcome="done"'
  [[ $1 != esteira-ingress ]] || series='ingress_requests_total[{].*status="202"'
  awk -v series="$series" '$1 ~ series { sum += $NF } END { printf "%d\n", sum }'
}

# judge_work: of lines "PROGRAM VERSION COUNT" says who did what. Fails where a program did nothing; two
# versions of one share its queue, and one of them may have got nothing.
judge_work() {
  awk '
    !($1 in text) { order[++count] = $1 }
    { total[$1] += $3; text[$1] = text[$1] sprintf("  %s %d", $2, $3) }
    END {
      for (place = 1; place <= count; place++) {
        printf "%-28s%s\n", order[place], text[order[place]]
        if (!total[order[place]]) idle = 1
      }
      exit !count || idle
    }
  '
}
