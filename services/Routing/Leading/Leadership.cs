using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing.Leading;

/// <summary>
/// Of all Routing processes on a database one leads (ADR 15). 1. Stand by: look whether the lease is free, each 250 ms, and at once at the start; 2. take it, with a higher epoch;
/// 3. start what is led: outbox, grains, the pool, events; 4. renew each 500 ms; 5. when another has taken it, or it has lapsed and cannot be renewed, stop what is led and stand by again.
/// At a stop of the process what is led stops first and the lease is given back.
/// </summary>
internal sealed class Leadership(
    LeaderLease lease, LeaderFence fence, [FromKeyedServices(RoutingService.Name)] IEnumerable<IHostedService> led, ILogger<Leadership> logger) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan LookEach = TimeSpan.FromMilliseconds(250), RenewEach = TimeSpan.FromMilliseconds(500), AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>For all that is led together after the lead is lost: nothing that it still does can be written.</summary>
    private static readonly TimeSpan LostStop = TimeSpan.FromSeconds(1);

    // The lease runs by the machine's time, whatever clock the domain has.
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly IReadOnlyList<IHostedService> led = [.. led];
    private readonly CancellationTokenSource stopping = new(), released = new();
    private readonly SemaphoreSlim turn = new(1);
    private Task running = Task.CompletedTask;
    private int started;
    private volatile bool isLeading;
    private bool disposed;

    /// <summary>This process leads and what is led has started.</summary>
    public bool IsLeading => isLeading;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryLead(cancellationToken))
        {
            _ = Task.Run(WarmedUp, CancellationToken.None);
        }

        running = Task.Run(Run, CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await StopLed(cancellationToken);
        await released.CancelAsync();
        await running.WaitAsync(cancellationToken);
        if (fence.Epoch is > 0 and var epoch)
        {
            await Release(epoch, cancellationToken);
        }
    }

    /// <summary>After a start that failed elsewhere nobody stops it: it ends before its lease and the database do.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        await stopping.CancelAsync();
        await released.CancelAsync();
        await running;
        stopping.Dispose();
        released.Dispose();
        turn.Dispose();
    }

    private async Task Run()
    {
        while (!stopping.IsCancellationRequested)
        {
            if (fence.Epoch == 0 && !await TryLead(stopping.Token))
            {
                await Pause(LookEach, stopping.Token);
                continue;
            }

            if (await HoldUntilLost())
            {
                await StandBy();
            }
        }

        // Still renewed while what is led stops.
        if (fence.Epoch > 0)
        {
            await HoldUntilLost();
        }
    }

    private void WarmedUp()
    {
        try
        {
            var began = Stopwatch.GetTimestamp();
            var methods = WarmUp.Run(stopping.Token);
            Log.StandsBy(logger, methods, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
#pragma warning disable CA1031 // It leads all the same, only slower at first.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotWarmedUp(logger, failure);
        }
    }

    private async Task<bool> TryLead(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            if (await lease.Take(ct) is not { } epoch)
            {
                return false;
            }

            fence.Epoch = epoch;
            await StartLed(ct);
            Log.Leads(logger, epoch, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            return true;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // It is tried again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotLeading(logger, failure);
            await StandBy();
            await Pause(AfterFailure, stopping.Token);
            return false;
        }
    }

    /// <summary>Renews; true when the lead is lost, false when the process has stopped what is led.</summary>
    private async Task<bool> HoldUntilLost()
    {
        for (var (renewed, pause) = (Stopwatch.GetTimestamp(), RenewEach); await Pause(pause, released.Token);)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                // However late it is: as long as nobody has taken the lease, nobody else has written.
                using var deadline = new CancellationTokenSource(LeaderLease.Length - RenewEach, Clock);
                if (!await lease.Renew(fence.Epoch, deadline.Token))
                {
                    Log.LeadTaken(logger, fence.Epoch);
                    return true;
                }

                (renewed, pause) = (began, RenewEach);
            }
            catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
            {
                if (Stopwatch.GetElapsedTime(renewed) >= LeaderLease.Length)
                {
                    Log.LeadLapsed(logger, fence.Epoch, failure);
                    return true;
                }

                pause = LookEach;
            }
        }

        return false;
    }

    private async Task StandBy()
    {
        fence.Epoch = 0;
        using var hurry = new CancellationTokenSource(LostStop, Clock);
        await StopLed(hurry.Token);
    }

    private async Task StartLed(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            for (; started < led.Count; started++)
            {
                // A token given to what runs on would end it out of turn.
                ct.ThrowIfCancellationRequested();
                await led[started].StartAsync(CancellationToken.None);
            }

            isLeading = true;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task StopLed(CancellationToken ct)
    {
        isLeading = false;
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            for (; started > 0; started--)
            {
                await Stop(led[started - 1], ct);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task Stop(IHostedService one, CancellationToken ct)
    {
        try
        {
            await one.StopAsync(ct);
        }
#pragma warning disable CA1031 // The others stop all the same.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.LedNotStopped(logger, one.GetType().Name, failure);
        }
    }

    private async Task Release(long epoch, CancellationToken ct)
    {
        try
        {
            await lease.Release(epoch, ct);
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
        {
            Log.LeaseNotReleased(logger, failure);
        }
    }

    /// <summary>False when it was cut short.</summary>
    private static async Task<bool> Pause(TimeSpan time, CancellationToken ct)
    {
        await Task.Delay(time, Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !ct.IsCancellationRequested;
    }
}
