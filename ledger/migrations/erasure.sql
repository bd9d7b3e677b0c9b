-- The reason for which a month was opened again may name a person: it is blanked, the reopening stays.
create function ledger_erase_reasons(p_group uuid, p_closes uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update ledger_monthclose set reopen_reason = '-'
     where group_id = p_group and id = any(p_closes) and reopened_at is not null;
end $$;
