using System.Collections.Concurrent;
using System.Security.Cryptography;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Registration;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Trunks;

/// <summary>A trunk that takes calls outside, as it is now.</summary>
/// <param name="Registration">Status of our last REGISTER: 200 when it stands; null where none is wanted, 0 before the first answer.</param>
/// <param name="LastCode">Answer to the last OPTIONS; 408 for none, 0 before the first.</param>
internal sealed record LiveTrunk(string Name, string Target, int Priority, int Weight, bool IsUp, DateTimeOffset Since, int LastCode, int? Registration);

/// <summary>
/// Watches the trunks that take calls outside: asks each by OPTIONS, keeps our registration up where the trunk has an account, and follows the
/// configuration. Its loop ends with the gateway.
/// </summary>
internal sealed class TrunkWatch(CurrentConfiguration configuration, TenantKeys keys, TelephonyOptions options, TimeProvider clock, ILogger<TrunkWatch> logger) : IDisposable
{
    /// <summary>Between two OPTIONS to one trunk.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>An answer that comes later is none.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Watched> trunks = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private Task watching = Task.CompletedTask;

    /// <summary>Every trunk that takes calls outside, by name.</summary>
    public IReadOnlyList<LiveTrunk> All =>
        [.. trunks.Values.OrderBy(w => w.Trunk.Name, StringComparer.Ordinal).Select(w => new LiveTrunk(
            w.Trunk.Name, w.Trunk.Target!, w.Trunk.Priority, w.Trunk.Weight, w.Health.IsUp, w.Health.Since, w.Health.LastCode, w.Health.Registration))];

    /// <summary>True also of a trunk that has not been looked at yet.</summary>
    public bool IsUp(string trunk) => !trunks.TryGetValue(trunk, out var watched) || watched.Health.IsUp;

    /// <summary>A call could not go by the trunk: it is asked at once.</summary>
    public void Failed(string trunk)
    {
        Log.TrunkFailed(logger, trunk);
        if (trunks.TryGetValue(trunk, out var watched))
        {
            watched.NextAt = DateTimeOffset.MinValue;
        }
    }

    /// <summary>The account's digest for calls by the trunk; null without one, or where its password cannot be opened.</summary>
    public SipCredentials? CredentialsOf(TrunkSnapshot trunk) => trunk.Account is { } account && PasswordOf(trunk) is { } password ? new(account.User, password) : null;

    /// <summary>Begins to watch; until <see cref="Stop"/>.</summary>
    public void Start(SipEndpoint endpoint) => watching = Run(endpoint);

    /// <summary>Ends the registrations, while the endpoint still speaks.</summary>
    public async Task Stop()
    {
        await stopping.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var last = trunks.Values.Select(w => w.Registration?.StopAsync()).OfType<Task>();
        await Task.WhenAny(Task.WhenAll(last), Task.Delay(Look, clock));
    }

    public void Dispose() => stopping.Dispose();

    private async Task Run(SipEndpoint endpoint)
    {
        using var timer = new PeriodicTimer(Look, clock);
        do
        {
            Follow(endpoint);
            foreach (var due in trunks.Values.Where(w => !w.Asking && w.NextAt <= clock.GetUtcNow()))
            {
                due.Asking = true;
                _ = Ask(endpoint, due);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping.Token));
    }

    private void Follow(SipEndpoint endpoint)
    {
        var wanted = configuration.Now.Trunks.Select(t => t.Trunk).Where(t => t.Target is not null).ToDictionary(t => t.Name, StringComparer.Ordinal);
        foreach (var (name, watched) in trunks)
        {
            if (!wanted.TryGetValue(name, out var now) || now.Target != watched.Trunk.Target || now.Account != watched.Trunk.Account)
            {
                trunks.TryRemove(name, out _);
                _ = watched.Registration?.StopAsync();
            }
            else
            {
                watched.Trunk = now;
            }
        }
        foreach (var trunk in wanted.Values.Where(t => !trunks.ContainsKey(t.Name)))
        {
            var watched = new Watched(trunk, TrunkHealth.Unknown(trunk, clock.GetUtcNow()));
            trunks[trunk.Name] = watched;
            Register(endpoint, watched);
        }
    }

    private void Register(SipEndpoint endpoint, Watched watched)
    {
        var trunk = watched.Trunk;
        if (options.Ordinal == 0 && trunk.Account is { Register: true } account && PasswordOf(trunk) is { } password)
        {
            watched.Registration = endpoint.Register(new SipRegistrationOptions
            {
                Registrar = $"sip:{trunk.Target}",
                User = account.User,
                Password = password,
                Domain = account.Domain,
                Changed = result => Update(watched, h => h.Registered(result.Code, clock.GetUtcNow())),
            });
        }
    }

    private async Task Ask(SipEndpoint endpoint, Watched watched)
    {
        int code;
        try
        {
            code = await endpoint.OptionsAsync($"sip:{watched.Trunk.Target}").WaitAsync(AnswerTime, clock);
        }
        catch (TimeoutException)
        {
            code = 408;
        }
        watched.NextAt = clock.GetUtcNow() + Interval;
        watched.Asking = false;
        Update(watched, h => h.Probed(code, clock.GetUtcNow()));
    }

    private void Update(Watched watched, Func<TrunkHealth, TrunkHealth> change)
    {
        bool was, now;
        lock (watched)
        {
            was = watched.Health.IsUp;
            watched.Health = change(watched.Health);
            now = watched.Health.IsUp;
        }
        if (was != now)
        {
            Log.TrunkChanged(logger, watched.Trunk.Name, now ? "up" : "down", watched.Health.LastCode, watched.Health.Registration);
        }
    }

    private string? PasswordOf(TrunkSnapshot trunk)
    {
        try
        {
            return trunk.Account is { } account ? keys.Open(account.SealedPassword) : null;
        }
        catch (CryptographicException e)
        {
            Log.TrunkPasswordFailed(logger, trunk.Name, e.Message);
            return null;
        }
    }

    private sealed class Watched(TrunkSnapshot trunk, TrunkHealth health)
    {
        private volatile TrunkSnapshot trunk = trunk;
        private volatile TrunkHealth health = health;

        public TrunkSnapshot Trunk { get => trunk; set => trunk = value; }
        public TrunkHealth Health { get => health; set => health = value; }
        public SipRegistration? Registration { get; set; }
        public DateTimeOffset NextAt { get; set; } = DateTimeOffset.MinValue;
        public bool Asking { get; set; }
    }
}
