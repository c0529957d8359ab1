using CallCenter.Hosting;

namespace CallCenter.Starting;

/// <summary>What the services stand on: free ports, a data folder of their own, a local database.</summary>
internal sealed class Ground : IAsyncDisposable
{
    private readonly IDisposable _lock;
    private readonly EmbeddedPostgres? _postgres;

    private Ground(IDisposable folderLock, EmbeddedPostgres? postgres)
    {
        _lock = folderLock;
        _postgres = postgres;
    }

    /// <summary>The local database; null with one elsewhere.</summary>
    public EmbeddedPostgres? Postgres => _postgres;

    /// <summary>Checks, starts, and adds what was made to the configuration.</summary>
    /// <param name="cleared">Done when the folder is this process's own, before ports are looked at.</param>
    /// <exception cref="StartException">Something is in the way; one line.</exception>
    public static async Task<Ground> Prepare(ConfigurationManager configuration, EmbeddedPostgresOptions? database = null, Func<DataFolder, Task>? cleared = null)
    {
        try
        {
            var data = DataFolder.From(configuration);
            var folderLock = FolderLock.Take(data);
            await (cleared?.Invoke(data) ?? Task.CompletedTask);
            Ports.Check(configuration);
            Https.Prepare(configuration, data);
            configuration.AddInMemoryCollection(Secrets.FirstAdministrator(data));
            configuration["Tenancy:Operator:Name"] ??= "Esimerkki Contact Centre";
            if (configuration.GetConnectionString("Postgres") is not null)
            {
                return new Ground(folderLock, null);
            }
            using var step = Progress.Step("database");
            var postgres = await EmbeddedPostgres.Start(data, database ?? new EmbeddedPostgresOptions(), Progress.Say, CancellationToken.None);
            configuration["ConnectionStrings:Postgres"] = postgres.ConnectionString;
            return new Ground(folderLock, postgres);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or InvalidDataException or FormatException)
        {
            throw new StartException(e.Message.ReplaceLineEndings(" ").Trim());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
        _lock.Dispose();
    }
}
