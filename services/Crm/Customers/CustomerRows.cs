using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>Customers and their numbers in the database. What the transaction's tenants do not own is not there.</summary>
internal static class CustomerRows
{
    private const string Columns = """
        c.tenant, c.id, c.name, c.notes, ARRAY(SELECT n.number FROM numbers n WHERE n.customer = c.id ORDER BY n.ordinal), c.version, c.updated_at
        """;

    /// <summary>Customers c of a FROM clause and what follows it.</summary>
    public static Task<List<CustomerRow>> Query(NpgsqlTransaction t, string from, CancellationToken ct, params object?[] values) =>
        t.Query($"SELECT {Columns} FROM {from}", Row, ct, values);

    /// <summary>Null when there is none.</summary>
    public static async Task<CustomerRow?> Find(NpgsqlTransaction t, Guid id, CancellationToken ct) =>
        await Query(t, "customers c WHERE c.id = $1", ct, id) is [var found] ? found : null;

    /// <summary>False when the id is taken, by this tenant or another. The tenant's numbers are locked.</summary>
    public static async Task<bool> Insert(NpgsqlTransaction t, CustomerRow row, CancellationToken ct)
    {
        const string insert = """
            INSERT INTO customers (tenant, id, name, notes, version, updated_at, search) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING
            """;
        if (await t.Execute(insert, ct, row.Tenant, row.Id, row.Name, row.Notes, row.Version, row.UpdatedAt, row.Search) == 0)
        {
            return false;
        }

        await PutNumbers(t, row, ct);
        return true;
    }

    /// <summary>Puts a present customer's new state in place of the old. The tenant's numbers are locked, and the new ones are nobody else's.</summary>
    public static async Task Update(NpgsqlTransaction t, CustomerRow row, CancellationToken ct)
    {
        const string update = "UPDATE customers SET name = $2, notes = $3, version = $4, updated_at = $5, search = $6 WHERE id = $1";
        await t.Execute(update, ct, row.Id, row.Name, row.Notes, row.Version, row.UpdatedAt, row.Search);
        await t.Execute("DELETE FROM numbers WHERE customer = $1 AND number <> ALL($2)", ct, row.Id, row.Numbers.ToArray());
        await PutNumbers(t, row, ct);
    }

    /// <summary>The first of the customer's numbers that another customer of the tenant has, and that one; null when there is none.</summary>
    public static async Task<(string Number, Guid Customer)?> Taken(NpgsqlTransaction t, CustomerRow row, CancellationToken ct)
    {
        const string taken = "SELECT number, customer FROM numbers WHERE tenant = $1 AND number = ANY($2) AND customer <> $3 ORDER BY number LIMIT 1";
        return await t.Query(taken, r => (r.GetString(0), r.GetGuid(1)), ct, row.Tenant, row.Numbers.ToArray(), row.Id) is [var found] ? found : null;
    }

    private static Task<int> PutNumbers(NpgsqlTransaction t, CustomerRow row, CancellationToken ct) => t.Execute(
        """
        INSERT INTO numbers (tenant, number, customer, ordinal) SELECT $1, u.number, $2, u.ordinal FROM unnest($3) WITH ORDINALITY AS u(number, ordinal)
        ON CONFLICT (tenant, number) DO UPDATE SET ordinal = excluded.ordinal
        """,
        ct, row.Tenant, row.Id, row.Numbers.ToArray());

    private static CustomerRow Row(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3), r.GetFieldValue<string[]>(4), r.GetInt32(5), r.GetFieldValue<DateTimeOffset>(6));
}
