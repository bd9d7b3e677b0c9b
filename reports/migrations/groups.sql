-- What an operator sees of every group, one row each. Row security shows one group at a time, so the books are opened
-- one after the other in here, as every request opens its own; the setting is again what it was when the function ends.
-- Sums alone leave it. `begun_on`: the day of the first entry; `recorded_at`: when a person last wrote one (the clock's do
-- not count); `closed`: the last month closed.
create function reports_groups()
returns table (group_id uuid, members int, savings bigint, loans int, outstanding bigint, par30 bigint, counted_on date,
               begun_on date, recorded_at timestamptz, closed date)
language plpgsql
as $$
#variable_conflict use_column
declare
    one uuid;
    before text := current_setting('app.group_id', true);
begin
    for one in select g.id from members_group g loop
        perform set_config('app.group_id', one::text, true);
        return query
        select one,
               (select count(*)::int from members_membership m where m.group_id = one and m.left_on is null),
               (select coalesce(sum(a.balance), 0)::bigint from savings_account s
                  join ledger_account a on a.group_id = one and a.id = s.account_id where s.group_id = one),
               n.loans, n.outstanding, n.par[2], n.day,
               (select e.effective_on from ledger_entry e where e.group_id = one and e.seq = 1),
               (select e.recorded_at from ledger_entry e where e.group_id = one and e.actor_id is not null
                 order by e.seq desc limit 1),
               (select max(c.month) from ledger_monthclose c where c.group_id = one and c.reopened_at is null)
          from (values (1)) alone
          left join lateral (select s.* from loans_snapshot s where s.group_id = one order by s.day desc limit 1) n on true;
    end loop;
    perform set_config('app.group_id', coalesce(before, ''), true);
end
$$;
