using System.Text.Json;
using System.Text.Json.Nodes;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Pools;
using Npgsql;

namespace CallCenter.Routing.Tests.Model;

/// <summary>What becomes of a commit.</summary>
internal enum CommitFate
{
    Written,

    /// <summary>The connection is lost before: nothing is written.</summary>
    Lost,

    /// <summary>The connection is lost after: it is written, and the writer does not know.</summary>
    WrittenUnknown,
}

/// <summary>When a store's work is done.</summary>
internal interface IPace
{
    /// <summary>Commits are carried out in the order in which they are given.</summary>
    Task<T> Commit<T>(Func<T> work);

    Task<T> Read<T>(Func<T> work);

    /// <summary>Nothing can be committed now.</summary>
    bool IsAway { get; }
}

/// <summary>
/// Routing's rows in memory, with the rules of the database: a row is written by who knows its version, under the pool's epoch, all of a change
/// or nothing; bodies are JSON. What is here outlasts a restart.
/// </summary>
internal sealed class MemoryStore : IStateStore
{
    private readonly Dictionary<(StateTable Table, Guid Id), StoredRow> rows = [];
    private readonly Dictionary<string, (long Epoch, List<Guid> Tenants)> pools = [];
    private readonly Dictionary<Guid, long> sequences = [];
    private readonly Outcomes outcomes = new();

    /// <summary>What becomes of a change.</summary>
    public Func<Change, CommitFate> FateOf { get; set; } = _ => CommitFate.Written;

    /// <summary>When what is asked of the store is carried out; at once, if nothing else is said.</summary>
    public IPace Pace { get; set; } = new AtOnce();

    /// <summary>Events that were written, in their order; each stream's are numbered from 1.</summary>
    public List<DomainEvent> Told { get; } = [];

    public Task Commit(Change change)
    {
        var done = Pace.Commit(() => Carry(change));
        if (!done.IsCompleted)
        {
            outcomes.Given(change, done);
        }

        return done;
    }

    public Task Settled(Guid? change) => outcomes.Of(change);

    /// <summary>What stands on a change that failed, or may have, is not written either.</summary>
    private bool Carry(Change change)
    {
        try
        {
            if (outcomes.WhyNot(change) is { } failure)
            {
                throw failure;
            }

            if (Pace.IsAway)
            {
                throw new NpgsqlException("The database is away.");
            }

            Decide(change);
            outcomes.Written(change);
            return true;
        }
        catch (Exception failure)
        {
            outcomes.Failed(change, failure);
            throw;
        }
    }

    private void Decide(Change change)
    {
        var fate = FateOf(change);
        if (fate != CommitFate.Lost)
        {
            Write(change);
        }

        if (fate != CommitFate.Written)
        {
            throw new NpgsqlException("The connection was lost.");
        }
    }

    public Task<Stored<T>?> Find<T>(StateTable table, Guid tenant, Guid id, CancellationToken ct) =>
        Read(() => rows.TryGetValue((table, id), out var row) && row.Tenant == tenant ? Read<T>(row) : null);

    public Task<Stored<T>?> FindAgent<T>(Guid id, CancellationToken ct) => Read(() => rows.TryGetValue((StateTable.Agents, id), out var row) ? Read<T>(row) : null);

    public Task<IReadOnlyList<Stored<T>>> Agents<T>(bool all, CancellationToken ct) => Read(() => All<T>(StateTable.Agents, row => all || !row.AtRest));

    public Task<IReadOnlyList<Stored<T>>> PendingAgentSettings<T>(CancellationToken ct) => Read(() => All<T>(StateTable.AgentSettings, row => !row.AtRest));

    public Task<long> LastAgentSettings(Guid agent, CancellationToken ct) => Read(() => rows
        .Where(one => one.Key.Table == StateTable.AgentSettings).Select(one => JsonNode.Parse(one.Value.Body)!)
        .Where(version => (Guid)version["subject"]! == agent).Select(version => (long)version["number"]!).DefaultIfEmpty().Max());

    public Task<IReadOnlyList<Stored<T>>> Rows<T>(StateTable table, IReadOnlyCollection<Guid> tenants, bool all, CancellationToken ct) =>
        Read(() => All<T>(table, row => tenants.Contains(row.Tenant) && (all || !row.AtRest)));

    public Task<LastTalk?> LastTalk(Guid tenant, string caller, DateTimeOffset after, CancellationToken ct) => Read(() => All<ContactState>(StateTable.Contacts, row => row.Tenant == tenant)
        .Select(one => one.State).Where(contact => contact.Caller == caller && contact.LastAgent is not null && contact.Id.CompareTo(Guid.CreateVersion7(after)) > 0)
        .OrderByDescending(contact => contact.Id).Select(contact => new LastTalk(contact.Id, contact.LastAgent!.Value, contact.LastAt)).FirstOrDefault());

    public Task<(long Epoch, IReadOnlyList<Guid> Tenants)> RaiseEpoch(string pool, CancellationToken ct) => Read(() =>
    {
        var (epoch, tenants) = pools.GetValueOrDefault(pool, (0, []));
        pools[pool] = (epoch + 1, tenants);
        return (epoch + 1, (IReadOnlyList<Guid>)[.. tenants]);
    });

    public Task AddTenant(Fence fence, Guid tenant, CancellationToken ct) => Read(() =>
    {
        Require(fence);
        if (!pools[fence.Pool].Tenants.Contains(tenant))
        {
            pools[fence.Pool].Tenants.Add(tenant);
        }

        return true;
    });

    /// <summary>A row as it is now, or null: what a test compares with.</summary>
    public T? Peek<T>(StateTable table, Guid id) where T : class => rows.TryGetValue((table, id), out var row) ? (T)(row.Known ??= Read<T>(row).State!) : null;

    /// <summary>Ids of a table's rows.</summary>
    public IReadOnlyList<Guid> IdsOf(StateTable table) => [.. rows.Keys.Where(key => key.Table == table).Select(key => key.Id).Order()];

    private static Stored<T> Read<T>(StoredRow row) => new(JsonSerializer.Deserialize<T>(Row.Join(row.Body, row.Kept), EventCatalog.Json)!, row.Version);

    private Task<T> Read<T>(Func<T> ask) => Pace.Read(ask);

    private IReadOnlyList<Stored<T>> All<T>(StateTable table, Func<StoredRow, bool> wanted) =>
        [.. rows.Where(one => one.Key.Table == table && wanted(one.Value)).OrderBy(one => one.Key.Id).Select(one => Read<T>(one.Value))];

    private void Require(Fence fence)
    {
        if (pools.GetValueOrDefault(fence.Pool).Epoch != fence.Epoch)
        {
            throw new FencedException($"Pool {fence.Pool}");
        }
    }

    private void Write(Change change)
    {
        if (change.Fence is { } fence)
        {
            Require(fence);
        }

        if (change.Rows.FirstOrDefault(row => (rows.GetValueOrDefault((row.Table, row.Id))?.Version ?? 0) != row.Expected) is { } old)
        {
            throw new FencedException($"{old.Table} {old.Id}");
        }

        foreach (var row in change.Rows)
        {
            if (row.Body is null)
            {
                rows.Remove((row.Table, row.Id));
            }
            else
            {
                rows[(row.Table, row.Id)] = new StoredRow(row.Tenant, row.Expected + 1, row.Body, row.Kept ?? rows.GetValueOrDefault((row.Table, row.Id))?.Kept, row.AtRest);
            }
        }

        foreach (var e in change.Events)
        {
            Told.Add(e with { Sequence = sequences[e.Stream] = sequences.GetValueOrDefault(e.Stream) + 1 });
        }
    }

    private sealed class AtOnce : IPace
    {
        public bool IsAway => false;

        public Task<T> Commit<T>(Func<T> work) => Read(work);

        public Task<T> Read<T>(Func<T> work)
        {
            try
            {
                return Task.FromResult(work());
            }
#pragma warning disable CA1031 // It is the task's.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                return Task.FromException<T>(failure);
            }
        }
    }

    private sealed record StoredRow(Guid Tenant, long Version, string Body, string? Kept, bool AtRest)
    {
        /// <summary>What was peeked at.</summary>
        public object? Known { get; set; }
    }
}
