-- What holds whoever writes: every entry balances, nothing posted changes. All functions read the row's own group only.

create function ledger_entry_is_proven() returns trigger language plpgsql
set search_path = public, pg_temp as $$
declare
    v record;
begin
    select e.lines, count(p.seq) as found, sum(p.debit) as debit, sum(p.credit) as credit,
           bool_and(p.effective_on = e.effective_on) as same_day into v
      from ledger_entry e left join ledger_posting p on p.group_id = e.group_id and p.seq = e.seq
     where e.group_id = new.group_id and e.seq = new.seq group by e.lines;
    if v.found < 2 or v.found <> v.lines or v.debit <> v.credit or not v.same_day then
        raise exception 'entry % of book % is not whole: % of % lines, debit %, credit %',
            new.seq, new.group_id, v.found, v.lines, v.debit, v.credit
            using errcode = '23514', constraint = 'entry_balances';
    end if;
    return null;
end $$;

create constraint trigger entry_balances after insert on ledger_entry
    for each row execute function ledger_entry_is_proven();

-- A posting takes one of its entry's `lines` numbers, each once by the primary key. The entry was proven with all of
-- them taken, so nothing can be added to it later; the cost does not grow with the entry.
create function ledger_posting_is_foreseen() returns trigger language plpgsql
set search_path = public, pg_temp as $$
begin
    perform from ledger_entry e where e.group_id = new.group_id and e.seq = new.seq
        and new.number between 1 and e.lines and new.effective_on = e.effective_on;
    if not found then
        raise exception 'entry % of book % has no place for line % of %',
            new.seq, new.group_id, new.number, new.effective_on
            using errcode = '23514', constraint = 'posting_is_foreseen';
    end if;
    return null;
end $$;

create constraint trigger posting_is_foreseen after insert on ledger_posting
    for each row execute function ledger_posting_is_foreseen();

create function ledger_reversal_is_proven() returns trigger language plpgsql
set search_path = public, pg_temp as $$
begin
    if exists (select from ledger_entry where group_id = new.group_id and id = new.reverses_id and reverses_id is not null)
       or exists (
        (select number, account_id, debit, credit from ledger_posting where group_id = new.group_id and seq = new.seq
         except
         select p.number, p.account_id, p.credit, p.debit from ledger_posting p
           join ledger_entry e on e.group_id = p.group_id and e.seq = p.seq
          where e.group_id = new.group_id and e.id = new.reverses_id)
        union all
        (select p.number, p.account_id, p.credit, p.debit from ledger_posting p
           join ledger_entry e on e.group_id = p.group_id and e.seq = p.seq
          where e.group_id = new.group_id and e.id = new.reverses_id
         except
         select number, account_id, debit, credit from ledger_posting where group_id = new.group_id and seq = new.seq))
    then
        raise exception 'entry % of book % is no mirror of the entry it reverses', new.seq, new.group_id
            using errcode = '23514', constraint = 'reversal_mirrors';
    end if;
    return null;
end $$;

create constraint trigger reversal_mirrors after insert on ledger_entry
    for each row when (new.reverses_id is not null) execute function ledger_reversal_is_proven();

create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% on % is never allowed: the books are only added to', tg_op, tg_table_name
        using errcode = '23001', constraint = 'books_are_append_only';
end $$;

create trigger entry_is_final before update or delete on ledger_entry for each row execute function ledger_refuse_change();
create trigger entry_stays before truncate on ledger_entry execute function ledger_refuse_change();
create trigger posting_is_final before update or delete on ledger_posting for each row execute function ledger_refuse_change();
create trigger posting_stays before truncate on ledger_posting execute function ledger_refuse_change();
create trigger command_is_final before update or delete on ledger_command for each row execute function ledger_refuse_change();
create trigger command_stays before truncate on ledger_command execute function ledger_refuse_change();
create trigger balance_is_final before update or delete on ledger_monthbalance for each row execute function ledger_refuse_change();
create trigger balance_stays before truncate on ledger_monthbalance execute function ledger_refuse_change();
create trigger account_stays before delete on ledger_account for each row execute function ledger_refuse_change();
create trigger accounts_stay before truncate on ledger_account execute function ledger_refuse_change();
create trigger book_stays before delete on ledger_book for each row execute function ledger_refuse_change();
create trigger books_stay before truncate on ledger_book execute function ledger_refuse_change();
create trigger close_stays before delete on ledger_monthclose for each row execute function ledger_refuse_change();
create trigger closes_stay before truncate on ledger_monthclose execute function ledger_refuse_change();
create trigger note_stays before delete on ledger_entrynote for each row execute function ledger_refuse_change();
create trigger notes_stay before truncate on ledger_entrynote execute function ledger_refuse_change();

-- A note may be erased, never rewritten.
create trigger note_is_only_erased before update on ledger_entrynote
    for each row when (new.text is not null or new.group_id <> old.group_id or new.entry_id <> old.entry_id)
    execute function ledger_refuse_change();
