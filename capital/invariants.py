"""What `verify_books` proves of the lenders' money, as queries written apart from what they check."""

CHECKS: dict[str, str] = {
    "I31 a facility's accounts hold what was drawn and not paid": """
        with drawn as (
            select group_id, facility_id, sum(amount) as amount from capital_drawdown
             where reversed_by is null and (%(group)s::uuid is null or group_id = %(group)s) group by 1, 2
        ), moved as (
            select group_id, facility_id,
                   coalesce(sum(amount) filter (where component = 'principal'), 0) as principal,
                   coalesce(sum(case when payment_id is null then amount else -amount end)
                            filter (where component <> 'principal'), 0) as cost
              from capital_line where %(group)s::uuid is null or group_id = %(group)s group by 1, 2
        )
        select f.group_id, format('facility %%s: owes %%s and %%s of costs, drawn %%s, paid %%s', f.number,
               coalesce(a.balance, 0), coalesce(c.balance, 0), coalesce(d.amount, 0), coalesce(m.principal, 0))
          from capital_facility f
          left join ledger_account a on a.group_id = f.group_id and a.id = f.account_id
          left join ledger_account c on c.group_id = f.group_id and c.id = f.accrued_account_id
          left join drawn d on d.group_id = f.group_id and d.facility_id = f.id
          left join moved m on m.group_id = f.group_id and m.facility_id = f.id
         where (%(group)s::uuid is null or f.group_id = %(group)s)
           and (a.balance is distinct from coalesce(d.amount, 0) - coalesce(m.principal, 0)
                or (f.accrues and coalesce(c.balance, 0) <> coalesce(m.cost, 0)))""",
    "I32 a drawdown's schedule adds up and nothing is paid twice": """
        select d.group_id, format('drawdown %%s of facility %%s: rows of %%s for %%s', d.number, d.facility_id,
               coalesce(sum(i.principal), 0), d.amount)
          from capital_drawdown d
          left join capital_installment i on i.group_id = d.group_id and i.drawdown_id = d.id
         where %(group)s::uuid is null or d.group_id = %(group)s
         group by d.group_id, d.id, d.number, d.facility_id, d.amount having d.amount <> coalesce(sum(i.principal), 0)
        union all
        select p.group_id, format('instalment %%s of drawdown %%s: %%s of its %%s paid', p.number, p.drawdown_id,
               p.paid, p.component)
          from (select group_id, drawdown_id, number, component, sum(amount) as paid from capital_line
                 where payment_id is not null and (%(group)s::uuid is null or group_id = %(group)s)
                 group by 1, 2, 3, 4) p
          left join capital_installment i on i.group_id = p.group_id and i.drawdown_id = p.drawdown_id
           and i.number = p.number
         where p.paid < 0 or p.paid > coalesce(case p.component when 'principal' then i.principal
               when 'interest' then i.interest else i.fee end, 0)""",
    "I33 what a payment pays is the money that went out": """
        select p.group_id, format('payment %%s of facility %%s: %%s pays %%s', p.id, p.facility_id, p.amount,
               coalesce(sum(l.amount), 0))
          from capital_payment p
          left join capital_line l on l.group_id = p.group_id and l.payment_id = p.id
         where %(group)s::uuid is null or p.group_id = %(group)s
         group by p.group_id, p.id, p.facility_id, p.amount, p.reversed_by
        having coalesce(sum(l.amount), 0) <> case when p.reversed_by is null then p.amount else 0 end
        union all
        select p.group_id, format('payment %%s of %%s is booked by entry %%s with %%s', p.id, p.amount, p.entry_id,
               coalesce(m.amount, 0))
          from capital_payment p
          left join ledger_entry e on e.group_id = p.group_id and e.id = p.entry_id
          left join lateral (
               select sum(l.credit) as amount from ledger_posting l
                 join ledger_account a on a.group_id = l.group_id and a.id = l.account_id
                  and a.code in ('1-1010', '1-1110')
                where l.group_id = e.group_id and l.seq = e.seq) m on true
         where (%(group)s::uuid is null or p.group_id = %(group)s)
           and (e.kind is distinct from 'facility_payment' or m.amount is distinct from p.amount)""",
    "I34 a facility is drawn within its limit, by entries that stand": """
        select f.group_id, format('facility %%s of %%s is drawn by %%s', f.number, f.limit, sum(d.amount))
          from capital_facility f
          join capital_drawdown d on d.group_id = f.group_id and d.facility_id = f.id and d.reversed_by is null
         where %(group)s::uuid is null or f.group_id = %(group)s
         group by f.group_id, f.id, f.number, f.limit having sum(d.amount) > f.limit
        union all
        select d.group_id, format('drawdown %%s of facility %%s and its entry %%s do not agree', d.number,
               d.facility_id, d.entry_id)
          from capital_drawdown d
          left join ledger_entry e on e.group_id = d.group_id and e.id = d.entry_id
          left join ledger_entry r on r.group_id = e.group_id and r.reverses_id = e.id
          left join capital_facility f on f.group_id = d.group_id and f.id = d.facility_id
          left join ledger_posting p on p.group_id = e.group_id and p.seq = e.seq and p.account_id = f.account_id
         where (%(group)s::uuid is null or d.group_id = %(group)s)
           and (e.kind is distinct from 'facility_drawdown' or r.id is distinct from d.reversed_by
                or p.credit is distinct from d.amount)
        union all
        select f.group_id, format('facility %%s is %%s and owes %%s', f.number, f.status, a.balance)
          from capital_facility f join ledger_account a on a.group_id = f.group_id and a.id = f.account_id
         where (%(group)s::uuid is null or f.group_id = %(group)s) and f.status = 'paid' and a.balance <> 0""",
    "I35 a grant is booked as it was given": """
        select g.group_id, format('grant %%s of %%s is booked by entry %%s with %%s', g.id, g.amount, g.entry_id,
               p.credit)
          from capital_grant g
          left join ledger_entry e on e.group_id = g.group_id and e.id = g.entry_id
          left join ledger_entry r on r.group_id = e.group_id and r.reverses_id = e.id
          left join ledger_account a on a.group_id = g.group_id and a.code = case g.kind when 'grant' then '3-1030'
               when 'participation' then '3-1040' else '3-1050' end
          left join ledger_posting p on p.group_id = e.group_id and p.seq = e.seq and p.account_id = a.id
         where (%(group)s::uuid is null or g.group_id = %(group)s)
           and (e.kind is distinct from 'grant' or r.id is distinct from g.reversed_by
                or p.credit is distinct from g.amount)""",
}
