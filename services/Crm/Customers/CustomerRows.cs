using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>Customers and their numbers in the database. What the transaction's tenants do not own is not there.</summary>
internal static class CustomerRows
{
    private const string Columns = """
        c.tenant, c.id, c.name, c.notes, ARRAY(SELECT n.number FROM numbers n WHERE n.customer = c.id ORDER BY n.ordinal) AS numbers, c.version, c.updated_at, c.search
        """;

    /// <summary>Null when there is none.</summary>
    public static async Task<CustomerRow?> Find(NpgsqlTransaction t, Guid id, CancellationToken ct) =>
        await t.Query($"SELECT {Columns} FROM customers c WHERE c.id = $1", Row, ct, id) is [var found] ? found : null;

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

    private static Task<int> PutNumbers(NpgsqlTransaction t, CustomerRow row, CancellationToken ct) => t.Execute(
        """
        INSERT INTO numbers (tenant, number, customer, ordinal) SELECT $1, u.number, $2, u.ordinal FROM unnest($3) WITH ORDINALITY AS u(number, ordinal)
        """,
        ct, row.Tenant, row.Id, row.Numbers.ToArray());

    private static CustomerRow Row(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3), r.GetFieldValue<string[]>(4), r.GetInt32(5), r.GetFieldValue<DateTimeOffset>(6));
}
