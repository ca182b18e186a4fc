import PipelineEngine
import PipelineKit

// What several runs spend together.
extension SQLiteConnection {
    /// Changes all of the accounts or none, inside a transaction that the caller has opened.
    func charge(_ charges: [Charge]) throws(StoreError) {
        var balances: [Balance] = []
        for charge in charges {
            let balance = try balance(of: charge.account)
            if let overdraft = Overdraft(charge, on: balance) { throw .overdrawn(overdraft) }
            balances.append(balance + charge.change)
        }
        for (charge, balance) in zip(charges, balances) {
            try run(
                "INSERT OR REPLACE INTO account VALUES (?, ?, ?)",
                [
                    .text(charge.account.name), .integer(balance.spent.nanodollars),
                    .integer(balance.reserved.nanodollars),
                ]
            )
        }
    }

    func balance(of account: Account) throws(StoreError) -> Balance {
        let sql = "SELECT spent, reserved FROM account WHERE name = ?"
        return try rows(sql, [.text(account.name)], of: "account '\(account.name)'") { row throws(StoreError) in
            Balance(
                spent: Money(nanodollars: try row.integer(0, from: .min)),
                reserved: Money(nanodollars: try row.integer(1, from: .min))
            )
        }.first ?? Balance()
    }
}
