using System.Globalization;
using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.TestKit;

/// <summary>
/// One real PostgreSQL cluster for a test assembly, with as many fresh databases as its tests ask for. Use it as
/// <c>[assembly: AssemblyFixture(typeof(PostgresFixture))]</c> with a method of the test class's constructor. It is the installed server; built with
/// <c>-p:Containers=true</c> one in a container.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
    private (string ConnectionString, IAsyncDisposable Cluster)? _started;
    private int _databases;

    /// <summary>Key of the services' roles, which all databases of the cluster share.</summary>
    public string RoleKey { get; } = Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray());

    /// <summary>A new empty database: the bootstrap account's connection string. The cluster is started at the first call.</summary>
    public async Task<string> NewDatabase()
    {
        var server = await Started();
        var name = $"test{Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture)}";
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    /// <summary>Configuration of a host on a new database and a data folder of its own.</summary>
    public async Task<Dictionary<string, string?>> NewConfiguration() => new()
    {
        ["ConnectionStrings:Postgres"] = await NewDatabase(),
        ["Postgres:RoleKey"] = RoleKey,
        ["Data:Folder"] = Path.Combine(_folder, $"data-{Guid.NewGuid():N}"),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_started is { } server)
        {
            NpgsqlConnection.ClearAllPools();
            await server.Cluster.DisposeAsync();
        }
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
        _starting.Dispose();
    }

    private async Task<string> Started()
    {
        await _starting.WaitAsync();
        try
        {
            _started ??= await Start();
            return _started.Value.ConnectionString;
        }
        finally
        {
            _starting.Release();
        }
    }

#if CONTAINERS
    private static Task<(string ConnectionString, IAsyncDisposable Cluster)> Start() => ContainerCluster.Start();
#else
    private async Task<(string ConnectionString, IAsyncDisposable Cluster)> Start()
    {
        var cluster = await EmbeddedPostgres.Start(new DataFolder(_folder), new(Fsync: false), _ => { }, CancellationToken.None);
        return (cluster.ConnectionString, cluster);
    }
#endif
}
