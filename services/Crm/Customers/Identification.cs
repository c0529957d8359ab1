using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>The customer of a number.</summary>
internal sealed record Identified(Guid Customer, string Name, bool IsNew);

/// <summary>Finds the customer of a number, or makes one. In the transaction of the tenant.</summary>
internal static class Identification
{
    /// <summary>Null when no customer of the tenant has the number.</summary>
    public static async Task<Identified?> Find(NpgsqlTransaction t, Guid tenant, string number, CancellationToken ct)
    {
        const string find = """
            SELECT customer, (SELECT name FROM customers c WHERE c.id = n.customer) FROM numbers n WHERE tenant = $1 AND number = $2
            """;
        return await t.Query(find, r => new Identified(r.GetGuid(0), r.GetString(1), IsNew: false), ct, tenant, number) is [var found] ? found : null;
    }

    /// <summary>
    /// One customer a number, however many calls of it come at once: who does not find it waits until the tenant's other new
    /// numbers are committed, and looks again.
    /// </summary>
    public static async Task<Identified> FindOrMake(NpgsqlTransaction t, Guid tenant, string number, DateTimeOffset now, CancellationToken ct)
    {
        if (await Find(t, tenant, number, ct) is { } known)
        {
            return known;
        }

        await LockNumbers(t, tenant, ct);
        return await Find(t, tenant, number, ct) ?? await Make(t, tenant, number, now, ct);
    }

    /// <summary>
    /// Whoever gives numbers to customers of the tenant waits here for the others, until the transaction ends: one at a time
    /// they cannot wait for each other crosswise, nor give a number twice.
    /// </summary>
    public static Task LockNumbers(NpgsqlTransaction t, Guid tenant, CancellationToken ct) =>
        t.Execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", ct, $"crm/numbers/{tenant}");

    private static async Task<Identified> Make(NpgsqlTransaction t, Guid tenant, string number, DateTimeOffset now, CancellationToken ct)
    {
        var made = new CustomerRow(tenant, Guid.CreateVersion7(now), "", "", [number], Version: 1, now);
        await CustomerRows.Insert(t, made, ct);
        return new Identified(made.Id, made.Name, IsNew: true);
    }
}
