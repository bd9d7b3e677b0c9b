-- Money that is promised and still there: a hold lowers what may be taken out, and moves nothing.
-- `ledger_post` is that of posting.sql but for the balance it lets an account fall to.

create function ledger_refuse_floor(p_code text, p_on date, p_shortfall bigint, p_held bigint) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    perform ledger_refuse('FloorBreached', jsonb_build_object(
        'account', p_code, 'first_day', to_char(p_on, 'YYYY-MM-DD'), 'shortfall', p_shortfall)
        || case when p_held > 0 then jsonb_build_object('held', p_held) else '{}' end);
end $$;

-- The new balance of an account, or the refusal that names the day and what is missing, with what is held left alone.
create function ledger_balance_or_refuse(p_code text, p_balance bigint, p_floor bigint, p_held bigint, p_on date)
returns bigint language plpgsql set search_path = public, pg_temp as $$
begin
    if p_balance - p_held < p_floor then
        perform ledger_refuse_floor(p_code, p_on, p_floor + p_held - p_balance, p_held);
    end if;
    return p_balance;
end $$;

-- Posts a list of entries in order and returns their numbers and hashes.
--   e_*  one element an entry: id, effective day, kind, the entry it reverses or null, note and salt or null
--   l_*  one element a line, in order of the entries: ordinal of its entry from 1, account, debit, credit
-- The list is one act: floors hold after it, with what is held left alone, and at the end of every day from the
-- earliest day it touches: a hold has no date, so what is past it does not bind.
create or replace function ledger_post(
    p_group uuid, p_command uuid, p_actor uuid,
    e_id uuid[], e_on date[], e_kind text[], e_reverses uuid[], e_note text[], e_salt bytea[],
    l_entry int[], l_account uuid[], l_debit bigint[], l_credit bigint[]
) returns table (seq bigint, hash bytea, recorded_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
    v_seq bigint; v_hash bytea; v_zone text; v_closed date;      -- the book
    v_now timestamptz; v_now_text text; v_today date;
    v_text text; v_digest bytea; v_digests bytea[] := '{}'; v_hashes bytea[] := '{}';
    v_counts int[] := '{}';
    v_line int := 1; v_lines int := cardinality(l_entry); v_entries int := cardinality(e_id);
    v_first int; v_debit numeric; v_credit numeric;
    v_past uuid[];
begin
    select b.head_seq, b.head_hash, b.timezone, b.closed_through into v_seq, v_hash, v_zone, v_closed
      from ledger_book b where b.group_id = p_group for no key update;
    if not found then
        perform ledger_refuse('NoSuchBook', jsonb_build_object('group_id', p_group));
    end if;
    v_now := clock_timestamp();
    v_now_text := (extract(epoch from v_now) * 1000000)::bigint::text;
    v_today := (v_now at time zone v_zone)::date;

    -- Each entry by itself: its day, its balance, its text and its link in the chain.
    for i in 1..v_entries loop
        if e_on[i] > v_today then
            perform ledger_refuse('FutureDate', jsonb_build_object(
                'effective_on', to_char(e_on[i], 'YYYY-MM-DD'), 'today', to_char(v_today, 'YYYY-MM-DD')));
        elsif e_on[i] <= v_closed then
            perform ledger_refuse('PeriodClosed', jsonb_build_object(
                'effective_on', to_char(e_on[i], 'YYYY-MM-DD'), 'first_open_on', to_char(v_closed + 1, 'YYYY-MM-DD')));
        end if;
        v_digest := sha256(e_salt[i] || convert_to(e_note[i], 'UTF8'));
        v_digests := v_digests || v_digest;
        v_text := 'lumbung-entry-1' || E'\ngroup ' || p_group || E'\nseq ' || (v_seq + i) || E'\nid ' || e_id[i]
            || E'\ncommand ' || p_command || E'\neffective_on ' || to_char(e_on[i], 'YYYY-MM-DD')
            || E'\nrecorded_at ' || v_now_text || E'\nkind ' || e_kind[i]
            || E'\nactor ' || coalesce(p_actor::text, '-') || E'\nreverses ' || coalesce(e_reverses[i]::text, '-')
            || E'\nnote ' || coalesce(encode(v_digest, 'hex'), '-');
        v_first := v_line; v_debit := 0; v_credit := 0;
        while v_line <= v_lines and l_entry[v_line] = i loop
            v_debit := v_debit + l_debit[v_line];
            v_credit := v_credit + l_credit[v_line];
            v_text := v_text || case when l_debit[v_line] > 0 then E'\nD ' else E'\nC ' end
                || l_account[v_line] || ' ' || (l_debit[v_line] + l_credit[v_line]);
            v_line := v_line + 1;
        end loop;
        if v_line - v_first < 2 or v_debit <> v_credit then
            perform ledger_refuse('Unbalanced', jsonb_build_object(
                'entry', i, 'lines', v_line - v_first, 'debit', v_debit, 'credit', v_credit));
        end if;
        v_hash := sha256(v_hash || convert_to(v_text, 'UTF8'));
        v_hashes := v_hashes || v_hash;
        v_counts := v_counts || (v_line - v_first);
    end loop;
    if v_line <= v_lines or v_entries = 0 then
        raise exception 'lines must follow the order of their entries, and there must be an entry';
    end if;

    -- All of it in one statement, so that keys and proofs are checked once at its end.
    with line as materialized (
        select l.n, l.entry, l.account, l.debit, l.credit, e_on[l.entry] as effective_on, a.balance, a.version,
               case a.normal when 'D' then l.debit - l.credit when 'C' then l.credit - l.debit
                             else ledger_refuse_account(l.account) end as change
          from unnest(l_entry, l_account, l_debit, l_credit) with ordinality as l (entry, account, debit, credit, n)
          left join ledger_account a on a.group_id = p_group and a.id = l.account
    ), touched as (
        update ledger_account a
           set balance = case when t.change < 0 and a.floor is not null
                              then ledger_balance_or_refuse(a.code, a.balance + t.change, a.floor, a.held, t.last_on)
                              else a.balance + t.change end,
               version = a.version + t.lines,
               last_on = greatest(a.last_on, t.last_on)
          from (select account, sum(change)::bigint as change, count(*) as lines, bool_or(change < 0) as lowered,
                       min(line.effective_on) as first_on, max(line.effective_on) as last_on
                  from line group by account) t
         where a.group_id = p_group and a.id = t.account
        returning a.id, a.floor is not null and t.lowered and t.first_on < a.last_on as past
    ), entry as (
        insert into ledger_entry (group_id, id, seq, effective_on, recorded_at, kind, actor_id, command_id,
                                  reverses_id, lines, note_digest, hash)
        select p_group, e.id, v_seq + e.i, e.effective_on, v_now, e.kind, p_actor, p_command,
               e.reverses, e.lines, e.digest, e.hash
          from unnest(e_id, e_on, e_kind, e_reverses, v_counts, v_digests, v_hashes) with ordinality
               as e (id, effective_on, kind, reverses, lines, digest, hash, i)
    ), note as (
        insert into ledger_entrynote (group_id, entry_id, text, salt)
        select p_group, n.id, n.text, n.salt from unnest(e_id, e_note, e_salt) as n (id, text, salt)
         where n.text is not null
    ), posting as (
        insert into ledger_posting (group_id, seq, number, account_id, debit, credit, effective_on,
                                    account_version, balance_after)
        select p_group, v_seq + line.entry, row_number() over (partition by line.entry order by line.n),
               line.account, line.debit, line.credit, line.effective_on,
               line.version + row_number() over running, line.balance + sum(line.change) over running
          from line window running as (partition by line.account order by line.n)
    ), head as (
        update ledger_book b set head_seq = v_seq + v_entries, head_hash = v_hash where b.group_id = p_group
    )
    select array_agg(touched.id) into v_past from touched where touched.past;

    if v_past is not null then
        perform ledger_check_past(p_group, v_past, (select min(day) from unnest(e_on) as d (day)));
    end if;
    return query select v_seq + h.i, h.hash, v_now from unnest(v_hashes) with ordinality as h (hash, i) order by h.i;
end $$;

drop function ledger_balance_or_refuse(text, bigint, bigint, date);

-- Holds more of an account's balance (a positive change) or lets go of it (a negative one), in the open transaction.
-- Refuses when less than that is free. Letting go of more than is held is a bug, which a rule of the table refuses.
create function ledger_hold(p_group uuid, p_account uuid, p_change bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v record;
begin
    perform ledger_lock(p_group);
    select a.code, a.held, p_change - (a.balance - a.floor - a.held) as shortfall,
           (clock_timestamp() at time zone b.timezone)::date as today into v
      from ledger_account a join ledger_book b on b.group_id = a.group_id
     where a.group_id = p_group and a.id = p_account;
    if not found then
        perform ledger_refuse_account(p_account);
    elsif v.shortfall > 0 then
        perform ledger_refuse_floor(v.code, v.today, v.shortfall, v.held);
    end if;
    update ledger_account a set held = v.held + p_change where a.group_id = p_group and a.id = p_account;
end $$;
