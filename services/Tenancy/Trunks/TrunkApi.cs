using System.Net;
using CallCenter.Hosting;
using CallCenter.Tenancy.Snapshots;
using Dapper;

namespace CallCenter.Tenancy.Trunks;

/// <summary>A trunk as an administrator sets it: calls from its networks are taken without a password.</summary>
internal sealed record TrunkBody(IReadOnlyList<string> TrustedNetworks, int ConcurrentCalls, int CallsPerSecond)
{
    private const int NetworksMax = 256;

    public Check Check()
    {
        var check = new Check()
            .Between(TrustedNetworks.Count, 1, NetworksMax, "The number of trustedNetworks")
            .Between(ConcurrentCalls, 0, 100_000, "concurrentCalls")
            .Between(CallsPerSecond, 0, 10_000, "callsPerSecond");
        foreach (var wrong in TrustedNetworks.Where(n => !IPNetwork.TryParse(n, out _)).Take(10))
        {
            check.That(false, $"'{wrong}' is no network in CIDR form, such as 192.0.2.0/24.");
        }
        return check;
    }
}

/// <summary>A trunk as callers see it.</summary>
internal sealed record TrunkItem
{
    public required string Name { get; init; }

    public required string[] TrustedNetworks { get; init; }

    public required int ConcurrentCalls { get; init; }

    public required int CallsPerSecond { get; init; }
}

internal static class TrunkApi
{
    public static void MapTrunks(this IEndpointRouteBuilder app)
    {
        var trunks = app.MapGroup("/api/trunks").WithTags("Trunks").RequireRoles(Role.Administrator, Role.Service);
        trunks.MapPut("/{name}", Put);
        trunks.MapGet("", async (TenancyStore store, CancellationToken ct) => new
        {
            Items = await store.Database.OperatorWide((c, t) => c.QueryAsync<TrunkItem>(new CommandDefinition(
                "SELECT name, trusted_networks AS trustedNetworks, concurrent_calls AS concurrentCalls, calls_per_second AS callsPerSecond FROM trunks ORDER BY name",
                transaction: t, cancellationToken: ct)), ct),
        });
    }

    private static async Task<IResult> Put(string name, TrunkBody body, TenancyStore store, ConfigurationNotices notices, CancellationToken ct)
    {
        var check = body.Check().Word(name, "The trunk's name");
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        var item = new TrunkItem
        {
            Name = name, TrustedNetworks = [.. body.TrustedNetworks.Select(n => IPNetwork.Parse(n).ToString())],
            ConcurrentCalls = body.ConcurrentCalls, CallsPerSecond = body.CallsPerSecond,
        };
        await notices.Tell(await Store(store, item, ct));
        return Results.Ok(item);
    }

    private static Task<Change?> Store(TenancyStore store, TrunkItem item, CancellationToken ct)
    {
        const string put = """
            INSERT INTO trunks AS k (name, trusted_networks, concurrent_calls, calls_per_second) VALUES (@Name, @TrustedNetworks, @ConcurrentCalls, @CallsPerSecond)
            ON CONFLICT (name) DO UPDATE SET trusted_networks = excluded.trusted_networks, concurrent_calls = excluded.concurrent_calls, calls_per_second = excluded.calls_per_second
            WHERE (k.trusted_networks, k.concurrent_calls, k.calls_per_second) IS DISTINCT FROM (excluded.trusted_networks, excluded.concurrent_calls, excluded.calls_per_second)
            """;
        return store.Database.OperatorWide(async (c, t) => await c.ExecuteAsync(new CommandDefinition(put, item, t, cancellationToken: ct)) == 1
            ? await TenancyStore.RaiseOperator(c, t, ct)
            : null, ct);
    }
}
