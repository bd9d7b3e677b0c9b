"""What `verify_books` proves of loans, as queries written apart from what they check."""

CHECKS: dict[str, str] = {
    "I11 a loan's accounts hold what its lines say": """
        with moved as (
            select group_id, loan_id,
                   sum(amount) filter (where component = 'principal') as principal,
                   sum(case when repayment_id is null then amount else -amount end)
                       filter (where component = 'interest') as interest,
                   sum(case when repayment_id is null then amount else -amount end)
                       filter (where component = 'penalty') as penalty,
                   sum(amount) filter (where component = 'excess') as held
              from loans_line where %(group)s::uuid is null or group_id = %(group)s group by 1, 2
        ), lost as (
            select group_id, loan_id, sum(principal) as principal, sum(interest) as interest, sum(penalty) as penalty
              from loans_writeoff where reversed_by is null and mode in ('books', 'claim') group by 1, 2
        ), holds as (
            select l.group_id, l.id, l.number, l.status, l.principal, l.accrues, l.rules->>'excess' as excess,
                   coalesce(p.balance, 0) as has_principal, coalesce(i.balance, 0) as has_interest,
                   coalesce(q.balance, 0) as has_penalty, coalesce(h.balance, 0) as has_held
              from loans_loan l
              left join ledger_account p on p.group_id = l.group_id and p.id = l.principal_account_id
              left join ledger_account i on i.group_id = l.group_id and i.id = l.interest_account_id
              left join ledger_account q on q.group_id = l.group_id and q.id = l.penalty_account_id
              left join ledger_account h on h.group_id = l.group_id and h.id = l.held_account_id
             where (%(group)s::uuid is null or l.group_id = %(group)s)
        )
        select h.group_id, format('loan %%s: principal %%s, interest %%s, penalty %%s, held %%s', h.number,
               h.has_principal, h.has_interest, h.has_penalty, h.has_held)
          from holds h
          left join moved m on m.group_id = h.group_id and m.loan_id = h.id
          left join lost w on w.group_id = h.group_id and w.loan_id = h.id
         where h.has_principal <>
                   case when h.status in ('active', 'paid_off', 'written_off') then h.principal else 0 end
                   - coalesce(m.principal, 0) - coalesce(w.principal, 0)
            or (h.accrues and h.has_interest <> coalesce(m.interest, 0) - coalesce(w.interest, 0))
            or h.has_penalty <> coalesce(m.penalty, 0) - coalesce(w.penalty, 0)
            or (h.excess <> 'sukarela' and h.status <> 'written_off' and h.has_held <> coalesce(m.held, 0))""",
    "I12 a schedule adds up and nothing is paid twice": """
        select v.group_id, format('version %%s of loan %%s: rows of %%s for %%s', v.number, v.loan_id,
               sum(i.principal), v.principal)
          from loans_version v
          left join loans_installment i
            on i.group_id = v.group_id and i.loan_id = v.loan_id and i.version = v.number
         where %(group)s::uuid is null or v.group_id = %(group)s
         group by v.group_id, v.loan_id, v.number, v.principal having v.principal <> coalesce(sum(i.principal), 0)
        union all
        select p.group_id, format('instalment %%s of loan %%s: principal %%s paid of %%s', p.number, p.loan_id, p.paid,
               i.principal)
          from (select group_id, loan_id, origin, number, sum(amount) as paid from loans_line
                 where component = 'principal' and repayment_id is not null
                   and (%(group)s::uuid is null or group_id = %(group)s) group by 1, 2, 3, 4) p
          join loans_version v on v.group_id = p.group_id and v.loan_id = p.loan_id and v.origin = p.origin
           and not v.replaced
          left join loans_installment i on i.group_id = p.group_id and i.loan_id = p.loan_id and i.version = v.number
           and i.number = p.number
         where p.paid < 0 or p.paid > coalesce(i.principal, 0)""",
    "I13 what a repayment pays is the money that came": """
        select r.group_id, format('repayment %%s of loan %%s: %%s pays %%s', r.id, r.loan_id, r.amount,
               coalesce(sum(l.amount), 0))
          from loans_repayment r
          left join loans_line l on l.group_id = r.group_id and l.repayment_id = r.id
         where %(group)s::uuid is null or r.group_id = %(group)s
         group by r.group_id, r.id, r.loan_id, r.amount, r.reversed_by
        having coalesce(sum(l.amount), 0) <> case when r.reversed_by is null then r.amount else 0 end
        union all
        select r.group_id, format('repayment %%s of %%s is booked by entry %%s with %%s', r.id, r.amount, r.entry_id,
               coalesce(m.amount, 0))
          from loans_repayment r
          left join ledger_entry e on e.group_id = r.group_id and e.id = r.entry_id
          left join lateral (select p.debit as amount from ledger_posting p
                              where p.group_id = e.group_id and p.seq = e.seq and p.number = 1) m on true
         where (%(group)s::uuid is null or r.group_id = %(group)s)
           and (e.kind is distinct from 'repayment' or m.amount is distinct from r.amount)""",
    "I14 a loan's state agrees with its money": """
        select l.group_id, format('loan %%s is %%s with a principal of %%s', l.number, l.status, coalesce(a.balance, 0))
          from loans_loan l
          left join ledger_account a on a.group_id = l.group_id and a.id = l.principal_account_id
         where (%(group)s::uuid is null or l.group_id = %(group)s)
           and ((l.status in ('paid_off', 'written_off') and coalesce(a.balance, 0) <> 0)
                or (l.status in ('active', 'paid_off', 'written_off')) <> (l.disbursement_entry_id is not null)
                or (l.status = 'written_off' and not exists (
                    select from loans_writeoff w where w.group_id = l.group_id and w.loan_id = l.id
                       and w.reversed_by is null)))
        union all
        select l.group_id, format('loan %%s was paid out by entry %%s, which is none or was taken back', l.number,
               l.disbursement_entry_id)
          from loans_loan l
          left join ledger_entry e on e.group_id = l.group_id and e.id = l.disbursement_entry_id
         where (%(group)s::uuid is null or l.group_id = %(group)s) and l.disbursement_entry_id is not null
           and (e.kind is distinct from 'loan_disbursement' or exists (
                select from ledger_entry r where r.group_id = e.group_id and r.reverses_id = e.id))""",
    "I15 no loan is paid out without the votes it needs": """
        select l.group_id, format('loan %%s was paid out with %%s of %%s votes', l.number, count(distinct v.user_id),
               l.approvals_required)
          from loans_loan l
          left join ledger_entry e on e.group_id = l.group_id and e.id = l.disbursement_entry_id
          left join loans_vote v on v.group_id = l.group_id and v.loan_id = l.id and v.round = l.round
           and v.decision = 'approve' and v.member_id <> l.member_id and v.at <= e.recorded_at
         where (%(group)s::uuid is null or l.group_id = %(group)s) and l.disbursement_entry_id is not null
         group by l.group_id, l.id, l.number, l.approvals_required
        having count(distinct v.user_id) < l.approvals_required""",
    "I16 what is bought is within the loan": """
        select l.group_id, format('loan %%s of %%s buys for %%s', l.number, l.principal,
               sum(round(p.quantity * coalesce(p.bought_at, p.unit_price))))
          from loans_loan l join loans_purchase p on p.group_id = l.group_id and p.loan_id = l.id
         where %(group)s::uuid is null or l.group_id = %(group)s
         group by l.group_id, l.id, l.number, l.principal
        having sum(round(p.quantity * coalesce(p.bought_at, p.unit_price))) > l.principal""",
    "I17 the cash that is held is that of approved loans": """
        select a.group_id, format('account %%s holds %%s for approved loans of %%s', a.code, a.held,
               coalesce(sum(l.principal), 0))
          from ledger_account a
          left join loans_loan l on l.group_id = a.group_id and l.status = 'approved' and l.reserved_on = a.code
         where %(group)s::uuid is null or a.group_id = %(group)s
         group by a.group_id, a.id, a.code, a.held having a.held <> coalesce(sum(l.principal), 0)""",
}
