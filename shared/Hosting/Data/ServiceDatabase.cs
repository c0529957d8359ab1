using Npgsql;

namespace CallCenter.Hosting;

/// <summary>
/// A service's own schema, through its run role, which cannot bypass row-level security. Work is done in one transaction that
/// names its tenants first; without a tenant it throws before any SQL.
/// </summary>
public sealed class ServiceDatabase : IAsyncDisposable
{
    private const string Scope = "SELECT set_config('app.tenants', $1, true)";

    // Batches are the work that is done all the time, over rows given in arrays: planned once, not anew for each array's length.
    private const string BatchScope = "SELECT set_config('app.tenants', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)";

    private readonly Lazy<NpgsqlDataSource> _source;

    internal ServiceDatabase(string service, string sessions, Func<NpgsqlDataSource> source)
    {
        (Schema, Sessions) = (service, sessions);
        _source = new(source);
    }

    /// <summary>The schema's name, that of the service; also on the search path.</summary>
    public string Schema { get; }

    /// <summary>The name of this process's sessions in <c>pg_stat_activity</c> (application_name); no other process has it.</summary>
    public string Sessions { get; }

    /// <summary>Runs the work as one tenant and commits. A failure rolls everything back.</summary>
    public Task<T> InTenant<T>(Guid tenant, Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> work, CancellationToken ct) =>
        tenant == Guid.Empty
            ? throw new ArgumentException("No tenant: every statement belongs to one.", nameof(tenant))
            : Run([tenant], work, ct);

    /// <inheritdoc cref="InTenant{T}"/>
    public Task InTenant(Guid tenant, Func<NpgsqlConnection, NpgsqlTransaction, Task> work, CancellationToken ct) =>
        InTenant(tenant, Resultless(work), ct);

    /// <summary>Runs the work as several tenants at once: for the group committer, pool activation and the leader of reports alone.</summary>
    public Task<T> InTenants<T>(IReadOnlyCollection<Guid> tenants, Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> work, CancellationToken ct) =>
        tenants.Count == 0 || tenants.Contains(Guid.Empty)
            ? throw new ArgumentException("No tenant: every statement belongs to one.", nameof(tenants))
            : Run(tenants, work, ct);

    /// <inheritdoc cref="InTenants{T}"/>
    public Task InTenants(IReadOnlyCollection<Guid> tenants, Func<NpgsqlConnection, NpgsqlTransaction, Task> work, CancellationToken ct) =>
        InTenants(tenants, Resultless(work), ct);

    /// <summary>
    /// The same in one round trip: the work is given a batch that is a transaction by itself. It adds its commands and sends the batch once; what fails in it
    /// undoes all of it. The first command, which is there, names the tenants; its row is the first result.
    /// </summary>
    public Task<T> InTenants<T>(IReadOnlyCollection<Guid> tenants, Func<NpgsqlBatch, Task<T>> work, CancellationToken ct) =>
        tenants.Count == 0 || tenants.Contains(Guid.Empty)
            ? throw new ArgumentException("No tenant: every statement belongs to one.", nameof(tenants))
            : RunBatch(tenants, work, ct);

    /// <summary>Runs the work with no tenant: only operator-wide tables show rows.</summary>
    public Task<T> OperatorWide<T>(Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> work, CancellationToken ct) => Run([], work, ct);

    /// <inheritdoc cref="OperatorWide{T}"/>
    public Task OperatorWide(Func<NpgsqlConnection, NpgsqlTransaction, Task> work, CancellationToken ct) => OperatorWide(Resultless(work), ct);

    /// <summary>The same in one round trip, as that of several tenants.</summary>
    public Task<T> OperatorWide<T>(Func<NpgsqlBatch, Task<T>> work, CancellationToken ct) => RunBatch([], work, ct);

    /// <summary>A connection for what lasts longer than a transaction: a leader's lease. It is one of the pool's until it is disposed of.</summary>
    public Task<NpgsqlConnection> OpenSession(CancellationToken ct) => _source.Value.OpenConnectionAsync(ct).AsTask();

    /// <summary>Ends the pool.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_source.IsValueCreated)
        {
            await _source.Value.DisposeAsync();
        }
    }

    /// <summary>True for failures of the server or the way to it, which pass by themselves; false for those that the work itself caused.</summary>
    public static bool IsPassing(Exception e) => e switch
    {
        // Connections, resources, operator's intervention, deadlocks: https://www.postgresql.org/docs/15/errcodes-appendix.html
        PostgresException p => p.SqlState[..2] is "08" or "53" or "57" or "40" or "55" || p.SqlState == PostgresErrorCodes.InvalidPassword,
        NpgsqlException => true,
        _ => false,
    };

    private async Task<T> Run<T>(IReadOnlyCollection<Guid> tenants, Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> work, CancellationToken ct)
    {
        var transaction = await Begin(tenants, ct);
        await using var connection = transaction.Connection!;
        await using (transaction)
        {
            var result = await work(connection, transaction);
            await transaction.CommitAsync(ct);
            return result;
        }
    }

    /// <summary>
    /// A transaction for those tenants. Connections of the pool that the server's restart has broken are found at their first use: then, as nothing
    /// has been done yet, it begins once more on a new one.
    /// </summary>
    private async Task<NpgsqlTransaction> Begin(IReadOnlyCollection<Guid> tenants, CancellationToken ct)
    {
        try
        {
            return await TryBegin(tenants, ct);
        }
        catch (NpgsqlException e) when (IsPassing(e))
        {
            _source.Value.Clear();
            return await TryBegin(tenants, ct);
        }
    }

    private async Task<NpgsqlTransaction> TryBegin(IReadOnlyCollection<Guid> tenants, CancellationToken ct)
    {
        var connection = await _source.Value.OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(ct);
            await using var scope = new NpgsqlCommand(Scope, connection, transaction);
            scope.Parameters.Add(Named(tenants));
            await scope.ExecuteNonQueryAsync(ct);
            return transaction;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<T> RunBatch<T>(IReadOnlyCollection<Guid> tenants, Func<NpgsqlBatch, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.Value.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        var scope = new NpgsqlBatchCommand(BatchScope);
        scope.Parameters.Add(Named(tenants));
        batch.BatchCommands.Add(scope);
        return await work(batch);
    }

    private static NpgsqlParameter Named(IReadOnlyCollection<Guid> tenants) => new() { Value = $"{{{string.Join(',', tenants)}}}" };

    private static Func<NpgsqlConnection, NpgsqlTransaction, Task<bool>> Resultless(Func<NpgsqlConnection, NpgsqlTransaction, Task> work) =>
        async (connection, transaction) =>
        {
            await work(connection, transaction);
            return true;
        };
}
