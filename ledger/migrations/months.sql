-- Months close in order, by two people, and only the latest closed one opens again.

create function ledger_close_month(p_group uuid, p_close uuid, p_month date, p_by uuid, p_with uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_book record; v_next date; v_end date := (p_month + interval '1 month' - interval '1 day')::date;
begin
    select head_seq, head_hash, closed_through, opened_at, (clock_timestamp() at time zone timezone)::date as today,
           (opened_at at time zone timezone)::date as opened_on
      into v_book from ledger_book where group_id = p_group for no key update;
    if not found then
        perform ledger_refuse('NoSuchBook', jsonb_build_object('group_id', p_group));
    end if;
    v_next := coalesce(
        v_book.closed_through + 1,
        date_trunc('month', (select min(effective_on) from ledger_entry where group_id = p_group))::date,
        date_trunc('month', v_book.opened_on)::date);
    if p_month <> v_next then
        perform ledger_refuse('MonthNotNext', jsonb_build_object(
            'month', to_char(p_month, 'YYYY-MM'), 'next_month', to_char(v_next, 'YYYY-MM')));
    elsif v_end >= v_book.today then
        perform ledger_refuse('MonthNotOver', jsonb_build_object(
            'month', to_char(p_month, 'YYYY-MM'), 'possible_from', to_char(v_end + 1, 'YYYY-MM-DD')));
    end if;
    insert into ledger_monthclose (group_id, id, month, closed_at, closed_by, closed_with, head_seq, head_hash)
    values (p_group, p_close, p_month, clock_timestamp(), p_by, p_with, v_book.head_seq, v_book.head_hash);
    insert into ledger_monthbalance (group_id, close_id, account_id, balance)
    select p_group, p_close, a.id, a.balance - coalesce(sum(
               case a.normal when 'D' then p.debit - p.credit else p.credit - p.debit end), 0)
      from ledger_account a
      left join ledger_posting p on p.group_id = p_group and p.account_id = a.id and p.effective_on > v_end
     where a.group_id = p_group group by a.id, a.balance;
    update ledger_book set closed_through = v_end where group_id = p_group;
end $$;

create function ledger_reopen_month(p_group uuid, p_month date, p_by uuid, p_with uuid, p_reason text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_end date := (p_month + interval '1 month' - interval '1 day')::date;
begin
    perform from ledger_book where group_id = p_group and closed_through = v_end for no key update;
    if not found then
        perform ledger_refuse('MonthNotClosed', jsonb_build_object('month', to_char(p_month, 'YYYY-MM')));
    end if;
    update ledger_monthclose set reopened_at = clock_timestamp(), reopened_by = p_by, reopened_with = p_with,
           reopen_reason = p_reason
     where group_id = p_group and month = p_month and reopened_at is null;
    update ledger_book set closed_through = (
        select (max(month) + interval '1 month' - interval '1 day')::date from ledger_monthclose
         where group_id = p_group and reopened_at is null)
     where group_id = p_group;
end $$;
