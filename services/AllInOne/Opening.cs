using CallCenter.Hosting;
using CallCenter.Starting;

namespace CallCenter.AllInOne;

/// <summary>The last step of a start, when this process listens.</summary>
internal sealed class Opening(IConfiguration configuration, DataFolder data, TokenIssuer tokens, IHostApplicationLifetime lifetime, TimeProvider clock) : BackgroundService
{
    /// <summary>What the process ends with: 1 when the house could not be opened.</summary>
    public static int ExitCode { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Started(stoppingToken);
            var here = ListensAt(configuration);
            await Console.Out.WriteAsync(await new House(configuration, data, tokens, here, clock).Open([here], [here], stoppingToken));
        }
        catch (Exception e) when (e is StartException or HttpRequestException or IOException)
        {
            await Console.Error.WriteLineAsync($"callcenter: {e.Message}");
            ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped while starting: nothing to open any more.
        }
    }

    private async Task Started(CancellationToken ct)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(ct);
    }

    /// <summary>Where this process reaches its own API.</summary>
    private static Uri ListensAt(IConfiguration configuration)
    {
        var address = new UriBuilder((configuration["urls"] ?? "http://127.0.0.1:8080").Split(';')[0]);
        address.Host = address.Host switch { "0.0.0.0" => "127.0.0.1", "[::]" => "[::1]", var host => host };
        return address.Uri;
    }
}

internal static class OpeningRegistration
{
    /// <summary>Adds the last step of a start.</summary>
    public static void AddOpening(this WebApplicationBuilder builder) => builder.Services.AddHostedService<Opening>();
}
