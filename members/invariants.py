"""What `verify_books` proves of what lenders were shown, as queries written apart from what they check."""

CHECKS: dict[str, str] = {
    "I23 a lender is shown only what a consent in force opens": """
        select d.group_id, format('disclosure %%s: %%s to lender %%s at %%s, under consent %%s', d.id, d.scope,
               d.lender_id, d.at, d.consent_id)
          from members_disclosure d
          join members_group g on g.id = d.group_id
          left join members_consent c on c.group_id = d.group_id and c.id = d.consent_id
         where (%(group)s::uuid is null or d.group_id = %(group)s)
           and (c.id is null or c.lender_id <> d.lender_id or d.scope <> all (c.scopes)
                or d.day < c.from_on or d.day > c.to_on or d.at < c.given_at or d.at >= c.revoked_at
                or ((d.at - interval '5 minutes') at time zone g.timezone)::date > d.day
                or ((d.at + interval '5 minutes') at time zone g.timezone)::date < d.day)
        union all
        select d.group_id, format('disclosure %%s: user %%s never sat there for lender %%s', d.id, d.user_id,
               d.lender_id)
          from members_disclosure d
         where (%(group)s::uuid is null or d.group_id = %(group)s)
           and not exists (select from members_seatevent s
                            where s.group_id = d.group_id and s.user_id = d.user_id and s.lender_id = d.lender_id
                              and s.pgh_created_at <= d.at)
        union all
        select s.group_id, format('member %%s was shown to user %%s on %%s under no consent', s.member_id, s.user_id,
               s.day)
          from members_sight s
         where (%(group)s::uuid is null or s.group_id = %(group)s)
           and exists (select from members_seatevent e
                        where e.group_id = s.group_id and e.user_id = s.user_id and e.lender_id is not null)
           and not exists (select from members_disclosure d
                            where d.group_id = s.group_id and d.user_id = s.user_id and d.day = s.day
                              and d.scope in ('members.pseudonym', 'members.named'))""",
}
"""Minutes are forgiven around midnight: the day is the web server's, the moment the database's."""
