using System.Text.Json;
using CallCenter.Routing.Contacts;
using Npgsql;

namespace CallCenter.Routing.Tests.Standby;

/// <summary>What became of the calls, by Routing's own rows: which are lost, how far ages strayed, who was taken before whom.</summary>
internal sealed class Verdict
{
    /// <summary>From a match to the commit of its offer, at most, on a starved machine. Who leaves, or whose leader dies, in between has no offer to show.</summary>
    private static readonly TimeSpan Reserving = TimeSpan.FromSeconds(1);

    private readonly List<Wait> offered = [];

    private Verdict(IReadOnlyList<PlayedCall> calls, IReadOnlyDictionary<Guid, ContactState> states, IReadOnlyList<DateTimeOffset> strikes)
    {
        Lost = [.. calls.Where(call => states.GetValueOrDefault(call.Id)?.Termination is null).Select(call => call.Id)];
        var waits = new List<Wait>();
        foreach (var call in calls.Where(call => call is { QueuedAt: not null, HungUpAt: not null }))
        {
            var known = call.KnownAt ?? DateTimeOffset.MaxValue;
            if (states.GetValueOrDefault(call.Id)?.Legs is [{ Choice: { } choice }, ..])
            {
                var wait = new Wait(call.Id, call.Queue, choice.At.AddMilliseconds(-choice.AgeMs), known, choice.At, IsTaken: true);
                offered.Add(wait);
                waits.Add(wait);
                AgeMs = Math.Max(AgeMs, Math.Abs((wait.Since - call.QueuedAt!.Value).TotalMilliseconds));
            }
            else
            {
                waits.Add(new(call.Id, call.Queue, call.QueuedAt!.Value, known, call.HungUpAt!.Value - Reserving, IsTaken: false));
            }
        }

        Inversions = [.. waits.GroupBy(wait => wait.Queue).SelectMany(queue => InvertedIn([.. queue.OrderBy(wait => wait.Since)], strikes))];
    }

    /// <summary>Contacts without an end.</summary>
    public IReadOnlyList<Guid> Lost { get; }

    /// <summary>The furthest that an adjusted age was from the time since the caller asked for the place.</summary>
    public double AgeMs { get; }

    /// <summary>Those taken before one who had waited longer in the same queue.</summary>
    public IReadOnlyList<string> Inversions { get; }

    public int Offered => offered.Count;

    /// <summary>Of them, those who were waiting while the leader changed.</summary>
    public int WaitedThrough(IReadOnlyList<DateTimeOffset> strikes) => offered.Count(one => strikes.Any(strike => one.Since < strike && strike < one.Until));

    public static async Task<Verdict> Read(string connection, IReadOnlyList<PlayedCall> calls, IReadOnlyList<DateTimeOffset> strikes) =>
        new(calls, await States(connection), strikes);

    /// <summary>How many contacts have no end yet.</summary>
    public static async Task<long> NotEnded(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var count = source.CreateCommand("SELECT count(*) FROM routing.contacts WHERE NOT at_rest");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static async Task<Dictionary<Guid, ContactState>> States(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand("SELECT body FROM routing.contacts");
        await using var rows = await command.ExecuteReaderAsync();
        var states = new Dictionary<Guid, ContactState>();
        while (await rows.ReadAsync())
        {
            var state = JsonSerializer.Deserialize<ContactState>(rows.GetString(0), EventCatalog.Json)!;
            states.Add(state.Id, state);
        }

        return states;
    }

    /// <summary>
    /// In a queue whose agents all serve everybody, contacts are taken in the order of their adjusted entry: nobody is taken while one who entered before waits, known to
    /// Routing. Who is taken within a second after may have been tried first, with an agent who had just gone: its row tells only of the offer that came of it.
    /// </summary>
    private static IEnumerable<string> InvertedIn(IReadOnlyList<Wait> queue, IReadOnlyList<DateTimeOffset> strikes) =>
        from later in queue.Where(wait => wait.IsTaken)
        let before = queue.FirstOrDefault(before => before.Since < later.Since && before.KnownAt < later.Until && later.Until + Reserving < before.Until
            && !strikes.Any(strike => later.Until < strike && strike < later.Until + Reserving && strike < before.Until))
        where before is not null
        select $"{later} was taken before {before}";

    /// <summary>A contact's time in line.</summary>
    /// <param name="KnownAt">When Routing knew it at the latest.</param>
    /// <param name="Until">When it was matched with an agent; or until when it surely was not, as it hung up.</param>
    private sealed record Wait(Guid Contact, Guid Queue, DateTimeOffset Since, DateTimeOffset KnownAt, DateTimeOffset Until, bool IsTaken)
    {
        public override string ToString() => $"{Contact} (entered {Since:O}, known {KnownAt:O}, {(IsTaken ? "taken" : "waiting until")} {Until:O})";
    }
}
