using System.Net.Sockets;

namespace CallCenter.Simulator.Centre;

/// <summary>
/// Whether the system is there. A refused connection means that its process is gone; slowness does not. While it is away
/// those who asked for something wait until it is ready again and ask once more.
/// </summary>
internal sealed class Connection : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), AwayMax = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly bool _survive;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _back;

    /// <param name="survive">Wait for its return; otherwise its loss ends the simulation.</param>
    public Connection(Uri address, bool survive, TimeProvider clock)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        (_survive, _clock) = (survive, clock);
    }

    /// <summary>Told when the system is found gone, before anything else happens; with the time.</summary>
    public Action<DateTimeOffset>? Lost { get; set; }

    /// <summary>Told when it is ready again.</summary>
    public Action? Back { get; set; }

    /// <summary>Whether it is away now.</summary>
    public bool IsAway => Volatile.Read(ref _back) is not null;

    /// <summary>Looks until told to stop.</summary>
    /// <exception cref="SimulationException">It is gone and that was not expected, or it did not come back.</exception>
    public async Task Watch(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Look, _clock, ct);
                if (await IsGone(ct))
                {
                    await WaitForReturn(ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Does what is asked; when the system is away, again when it is back.</summary>
    public async Task<T> Ask<T>(Func<Task<T>> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (HttpRequestException e) when (e.StatusCode is null && _survive)
            {
                await Task.Delay(Look, _clock, ct); // the watch finds it within this time
                if (Volatile.Read(ref _back) is { } back)
                {
                    await back.Task.WaitAsync(AwayMax, _clock, ct);
                }
            }
        }
    }

    /// <summary>As above, without a result.</summary>
    public Task Ask(Func<Task> work, CancellationToken ct) => Ask(async () =>
    {
        await work();
        return true;
    }, ct);

    public void Dispose() => _http.Dispose();

    private async Task<bool> IsGone(CancellationToken ct)
    {
        try
        {
            using var response = await _http.GetAsync("/health/live", ct);
            return false;
        }
        catch (HttpRequestException e)
        {
            return e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return false; // slow, not gone
        }
    }

    private async Task WaitForReturn(CancellationToken ct)
    {
        var since = _clock.GetUtcNow();
        if (!_survive)
        {
            throw new SimulationException($"the system at {_http.BaseAddress} has gone away; start it again, or simulate with --survive");
        }
        lock (_gate)
        {
            _back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        Lost?.Invoke(since);
        while (!await CentreApi.Answers(_http, "/health/ready", ct))
        {
            if (_clock.GetUtcNow() - since > AwayMax)
            {
                throw new SimulationException($"the system went away and did not come back within {AwayMax.TotalMinutes:0} min");
            }
            await Task.Delay(Look, _clock, ct);
        }
        Back?.Invoke();
        lock (_gate)
        {
            _back!.SetResult();
            _back = null;
        }
    }
}
