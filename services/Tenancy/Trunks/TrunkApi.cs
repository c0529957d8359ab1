using System.Net;
using CallCenter.Hosting;
using CallCenter.Tenancy.Snapshots;
using Dapper;

namespace CallCenter.Tenancy.Trunks;

/// <summary>A trunk as an administrator sets it: calls from its networks are taken without a password.</summary>
/// <param name="Target">IPv4 address and port that calls outside are sent to; without it there are none.</param>
/// <param name="Destinations">Beginnings of the numbers that may be dialled: with a target at least one.</param>
internal sealed record TrunkBody(IReadOnlyList<string> TrustedNetworks, int ConcurrentCalls, int CallsPerSecond, string? Target = null, IReadOnlyList<string>? Destinations = null)
{
    private const int NetworksMax = 256, DestinationsMax = 1_000, PrefixMax = 20;

    public Check Check()
    {
        var check = new Check()
            .Between(TrustedNetworks.Count, 1, NetworksMax, "The number of trustedNetworks")
            .Between(ConcurrentCalls, 0, 100_000, "concurrentCalls")
            .Between(CallsPerSecond, 0, 10_000, "callsPerSecond");
        if (Target is not null)
        {
            check.That(IPEndPoint.TryParse(Target, out var at) && at is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetwork, Port: > 0 },
                $"target '{Target}' is no IPv4 address and port, such as 192.0.2.7:5060.");
            check.Between(Destinations?.Count ?? 0, 1, DestinationsMax, "The number of destinations, which a trunk with a target needs,");
        }
        foreach (var wrong in (Destinations ?? []).Where(d => d.Length is 0 or > PrefixMax || d.AsSpan(d[0] == '+' ? 1 : 0).ContainsAnyExceptInRange('0', '9')).Take(10))
        {
            check.That(false, $"'{wrong}' is no beginning of a number, such as +358.");
        }
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

    public string? Target { get; init; }

    public string[] Destinations { get; init; } = [];

    /// <summary>The columns of a row, named as these properties.</summary>
    public const string Columns =
        "name, trusted_networks AS trustedNetworks, concurrent_calls AS concurrentCalls, calls_per_second AS callsPerSecond, target, destinations";
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
                $"SELECT {TrunkItem.Columns} FROM trunks ORDER BY name",
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
            Target = body.Target, Destinations = [.. body.Destinations ?? []],
        };
        await notices.Tell(await Store(store, item, ct));
        return Results.Ok(item);
    }

    private static Task<Change?> Store(TenancyStore store, TrunkItem item, CancellationToken ct)
    {
        const string put = """
            INSERT INTO trunks AS k (name, trusted_networks, concurrent_calls, calls_per_second, target, destinations)
            VALUES (@Name, @TrustedNetworks, @ConcurrentCalls, @CallsPerSecond, @Target, @Destinations)
            ON CONFLICT (name) DO UPDATE SET trusted_networks = excluded.trusted_networks, concurrent_calls = excluded.concurrent_calls,
              calls_per_second = excluded.calls_per_second, target = excluded.target, destinations = excluded.destinations
            WHERE (k.trusted_networks, k.concurrent_calls, k.calls_per_second, k.target, k.destinations)
              IS DISTINCT FROM (excluded.trusted_networks, excluded.concurrent_calls, excluded.calls_per_second, excluded.target, excluded.destinations)
            """;
        return store.Database.OperatorWide(async (c, t) => await c.ExecuteAsync(new CommandDefinition(put, item, t, cancellationToken: ct)) == 1
            ? await TenancyStore.RaiseOperator(c, t, ct)
            : null, ct);
    }
}
