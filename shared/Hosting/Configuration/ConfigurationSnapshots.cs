using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// The tenants' and the operator's configuration as a service sees it: fetched from Tenancy when it says that it changed (and each
/// minute, should that word have been lost). The last one seen is kept in <c>DATA/&lt;service&gt;/snapshots</c>, and the service
/// starts from it when Tenancy is away.
/// </summary>
public sealed class ConfigurationSnapshots : BackgroundService, ITransientHandler
{
    private const int WaitingMax = 1024;
    private static readonly TimeSpan RefreshEach = TimeSpan.FromMinutes(1), FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, TenantSnapshot> _tenants = [];
    private readonly Channel<ConfigurationChanged?> _changes = Channel.CreateBounded<ConfigurationChanged?>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _folder;
    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private OperatorSnapshot? _operator;

    internal ConfigurationSnapshots(string service, DataFolder data, IHttpClientFactory http, TimeProvider clock, ILogger logger)
    {
        Service = service;
        _folder = data.Folder(service, "snapshots");
        _http = http;
        _clock = clock;
        _logger = logger;
        LoadLastSeen();
    }

    /// <summary>Whose they are: <c>routing</c>.</summary>
    public string Service { get; }

    /// <summary>The version of the operator's snapshot and of each tenant's, by its id.</summary>
    public Dictionary<Guid, long> Versions()
    {
        var versions = _tenants.ToDictionary(t => t.Key, t => t.Value.Version);
        if (Operator() is { } of)
        {
            versions[of.Operator] = of.Version;
        }
        return versions;
    }

    /// <summary>A tenant (its id) or the operator (its id) has a new snapshot. Called in turn; what a listener throws is logged.</summary>
    public event Action<Guid>? Changed;

    /// <summary>The operator's snapshot; null before the first was ever seen.</summary>
    public OperatorSnapshot? Operator() => Volatile.Read(ref _operator);

    /// <summary>The tenant's snapshot; null when there is no such tenant, as far as is known.</summary>
    public TenantSnapshot? Tenant(Guid id) => _tenants.GetValueOrDefault(id);

    /// <summary>All tenants' snapshots known.</summary>
    public IReadOnlyCollection<TenantSnapshot> Tenants() => [.. _tenants.Values];

    /// <summary>Completes when the operator and all of its tenants are there: from Tenancy, or as last seen.</summary>
    public Task Complete(CancellationToken ct) => _complete.Task.WaitAsync(ct);

    /// <inheritdoc/>
    Task ITransientHandler.Handle(object message, CancellationToken ct)
    {
        _changes.Writer.TryWrite((ConfigurationChanged)message);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    void ITransientHandler.Connected() => _changes.Writer.TryWrite(null);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var refresh = _clock.CreateTimer(_ => _changes.Writer.TryWrite(null), null, TimeSpan.Zero, RefreshEach);
        try
        {
            await foreach (var change in _changes.Reader.ReadAllAsync(stoppingToken))
            {
                await FetchUntilDone(change, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task FetchUntilDone(ConfigurationChanged? change, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await (change is null ? FetchAll(ct) : Fetch(change, ct));
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                Log.SnapshotFailed(_logger, e.Message);
                await Task.Delay(pause, _clock, ct);
            }
        }
    }

    private async Task FetchAll(CancellationToken ct)
    {
        var operatorSnapshot = await Get<OperatorSnapshot>("operator", ct)
            ?? throw new InvalidDataException("Tenancy knows no operator yet.");
        Take(operatorSnapshot);
        foreach (var tenant in operatorSnapshot.Tenants)
        {
            await FetchTenant(tenant, ct);
        }
        LookComplete();
    }

    private async Task Fetch(ConfigurationChanged change, CancellationToken ct)
    {
        if (Operator() is not { } known)
        {
            await FetchAll(ct);
        }
        else if (change.Tenant == known.Operator)
        {
            if (change.Version > known.Version)
            {
                await FetchAll(ct);
            }
        }
        else if (change.Version > (Tenant(change.Tenant)?.Version ?? 0))
        {
            await FetchTenant(change.Tenant, ct);
            LookComplete();
        }
    }

    private async Task FetchTenant(Guid id, CancellationToken ct)
    {
        if (await Get<TenantSnapshot>(id.ToString(), ct) is { } tenant)
        {
            Take(tenant);
        }
    }

    // Null: there is none (404).
    private async Task<T?> Get<T>(string id, CancellationToken ct) where T : class
    {
        using var client = _http.CreateClient("Tenancy");
        using var response = await client.GetAsync(new Uri($"/api/snapshots/{id}", UriKind.Relative), ct);
        return response.StatusCode == System.Net.HttpStatusCode.NotFound
            ? null
            : await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<T>(EventCatalog.Json, ct);
    }

    private void Take(OperatorSnapshot snapshot)
    {
        if (Operator() is not { } known || snapshot.Version > known.Version)
        {
            Keep("operator", snapshot);
            Volatile.Write(ref _operator, snapshot);
            Tell(snapshot.Operator);
        }
    }

    private void Take(TenantSnapshot snapshot)
    {
        if (!_tenants.TryGetValue(snapshot.Tenant, out var known) || snapshot.Version > known.Version)
        {
            Keep(snapshot.Tenant.ToString(), snapshot);
            _tenants[snapshot.Tenant] = snapshot;
            Tell(snapshot.Tenant);
        }
    }

    private void Tell(Guid id)
    {
        try
        {
            Changed?.Invoke(id);
        }
        catch (Exception e)
        {
            Log.SnapshotListenerFailed(_logger, e, id);
        }
    }

    private void LookComplete()
    {
        if (Operator() is { } known && known.Tenants.All(_tenants.ContainsKey))
        {
            _complete.TrySetResult();
        }
    }

    private void Keep<T>(string name, T snapshot) =>
        DataFolder.WriteWhole(Path.Combine(_folder, name + ".json"), JsonSerializer.SerializeToUtf8Bytes(snapshot, EventCatalog.Json));

    private void LoadLastSeen()
    {
        foreach (var file in Directory.EnumerateFiles(_folder, "*.json"))
        {
            try
            {
                var content = File.ReadAllBytes(file);
                if (Path.GetFileNameWithoutExtension(file) == "operator")
                {
                    _operator = JsonSerializer.Deserialize<OperatorSnapshot>(content, EventCatalog.Json);
                }
                else if (JsonSerializer.Deserialize<TenantSnapshot>(content, EventCatalog.Json) is { } tenant)
                {
                    _tenants[tenant.Tenant] = tenant;
                }
            }
            catch (JsonException e)
            {
                Log.SnapshotUnreadable(_logger, e, file);
            }
        }
        LookComplete();
    }
}

/// <summary>Registers snapshots.</summary>
public static class ConfigurationSnapshotsExtensions
{
    /// <summary>Gives the service a keyed <see cref="ConfigurationSnapshots"/>.</summary>
    public static void AddConfigurationSnapshots(this IHostApplicationBuilder builder, string service)
    {
        builder.AddServiceClient("Tenancy");
        builder.Services.AddKeyedSingleton(service, (services, _) => new ConfigurationSnapshots(
            service, services.GetRequiredService<DataFolder>(), services.GetRequiredService<IHttpClientFactory>(),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<ConfigurationSnapshots>>()));
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredKeyedService<ConfigurationSnapshots>(service));
        builder.AddTransientEndpoint($"{service}.configuration", [typeof(ConfigurationChanged)], services => services.GetRequiredKeyedService<ConfigurationSnapshots>(service));
    }
}
