using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>Begins with the Dapr sidecar, where there is one.</summary>
public static class SidecarStart
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// With <c>Dapr:HttpEndpoint</c>: waits for the sidecar, then adds the secrets of <c>Dapr:SecretStore</c> to the configuration, where
    /// any other source goes before them. To be called first, since the configuration decides what the services are. Throws
    /// <see cref="SidecarException"/> after 60 s, or at once when waiting would not help.
    /// </summary>
    public static async Task UseSidecar(this IHostApplicationBuilder builder, TimeProvider? clock = null, CancellationToken ct = default)
    {
        if (SidecarAddress.Of(builder.Configuration) is not { } address)
        {
            return;
        }
        using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole()); // the host's are not built yet
        var wait = new Patience(clock ?? TimeProvider.System, loggers.CreateLogger(nameof(SidecarStart)));
        using var client = new SidecarClient(address, wait.Clock);
        await wait.For(() => client.CheckOutbound(ct), ct);
        IReadOnlyDictionary<string, string> secrets = new Dictionary<string, string>();
        await wait.For(async () => secrets = await SidecarSecrets.Read(client, builder.Configuration, ct), ct);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = secrets.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)) });
        builder.Registered<Begun>();
        builder.Services.AddSingleton(services => new SidecarClient(address, services.GetRequiredService<TimeProvider>()));
    }

    /// <summary>A program that is told of a sidecar has to begin with it.</summary>
    internal static void RequireSidecar(this IHostApplicationBuilder builder)
    {
        if (SidecarAddress.Of(builder.Configuration) is not null && builder.Services.FindInstance<Begun>() is null)
        {
            throw new InvalidOperationException("Dapr:HttpEndpoint is set, but this program does not begin with its sidecar (UseSidecar): unset it, or run the services each by itself.");
        }
    }

    private sealed class Begun;

    /// <summary>All attempts of a start together have one deadline.</summary>
    private sealed class Patience(TimeProvider clock, ILogger logger)
    {
        private readonly long _began = clock.GetTimestamp();
        private bool _told;

        public TimeProvider Clock => clock;

        public async Task For(Func<Task> attempt, CancellationToken ct)
        {
            while (true)
            {
                try
                {
                    await attempt();
                    return;
                }
                catch (SidecarException e) when (e.IsTransient && clock.GetElapsedTime(_began) + Pause < StartWithin)
                {
                    TellOnce(e);
                }
                catch (SidecarException e) when (e.IsTransient)
                {
                    throw new SidecarException($"The Dapr sidecar was not there within {StartWithin.TotalSeconds:0} s. {e.Message}", e.StatusCode, e.ErrorCode, isTransient: true, e);
                }
                await Task.Delay(Pause, clock, ct);
            }
        }

        private void TellOnce(SidecarException e)
        {
            if (!_told)
            {
                _told = true;
                Log.WaitingForSidecar(logger, e.Message);
            }
        }
    }
}
