-- A member's stays do not overlap: whoever writes them holds the group's book, so two cannot slip past each other.
create function members_one_stay_at_a_time() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select from members_membership m
         where m.group_id = new.group_id and m.member_id = new.member_id and m.id <> new.id
           and daterange(m.joined_on, m.left_on, '[]') && daterange(new.joined_on, new.left_on, '[]')) then
        raise exception using errcode = 'exclusion_violation', constraint = 'membership_stays_apart',
            table = 'members_membership', message = 'the stays of a member overlap';
    end if;
    return null;
end $$;

create trigger members_one_stay_at_a_time after insert or update on members_membership
    for each row execute function members_one_stay_at_a_time();
