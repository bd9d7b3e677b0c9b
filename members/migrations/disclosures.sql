-- Nothing is shown to a lender but under a consent in force. The consent's row is held until the transaction ends, so
-- one that is being taken back waits for what was begun before, and what begins after finds it taken back; the moment
-- is the database's own, after that.
create function members_shown_under_consent() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform from members_consent c
      where c.group_id = new.group_id and c.id = new.consent_id and c.lender_id = new.lender_id
        and new.scope = any (c.scopes) and new.day between c.from_on and c.to_on and c.revoked_at is null
        for no key update;
    if not found then
        raise exception using errcode = 'check_violation', constraint = 'disclosure_is_consented_to',
            table = 'members_disclosure', message = 'no consent in force covers what would be shown';
    end if;
    new.at := clock_timestamp();
    return new;
end $$;

create trigger members_shown_under_consent before insert on members_disclosure
    for each row execute function members_shown_under_consent();
