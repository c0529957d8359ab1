using CallCenter.Media;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Ladder;
using CallCenter.Telephony.Recorder;
using CallCenter.Telephony.Spool;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony;

/// <summary>
/// The gateway's life, in order.
/// Start: 1 what earlier runs left is read and ended, 2 SIP opens, 3 events and blocks begin to leave, 4 phones are taken over,
/// 5 calls are taken.
/// Stop: 0 no call is taken, live ones may end (DrainSeconds); then, within 8 s: 1 those that are left end, 2 SIP waits for the answers, 3 events and blocks leave as far as they
/// can, 4 the rest is made durable for the next start.
/// </summary>
internal sealed class Gateway(
    TelephonyOptions options, Incarnation incarnation, EarlierRuns earlier, EventSpool events, BlockSpool blocks, EventPublisher publisher,
    BlockShipper shipper, MediaEngine media, ConfigurationFollower configuration, SipServer sip, Registrations registrations, Ladders ladders, BanList bans, TrunkWatch trunks, DayCosts costs, Calls calls, Echoes echoes, StandingLegs standing, ShiftPhones phones, AgentDuties duties, GatewayNotices notices, TimeProvider clock, ILogger<Gateway> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan CallsTime = TimeSpan.FromSeconds(4), SipTime = TimeSpan.FromSeconds(1.5), LeaveTime = TimeSpan.FromSeconds(2), Tick = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource stopping = new();
    private Task leaving = Task.CompletedTask;
    private Task ticking = Task.CompletedTask;
    private Task following = Task.CompletedTask;
    private Task telling = Task.CompletedTask;

    /// <summary>True from the moment calls are taken until the stop.</summary>
    public bool IsOpen { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        configuration.Begin();
        incarnation.Sign(clock.GetUtcNow());
        earlier.Open(Path.GetDirectoryName(incarnation.Folder)!, incarnation.Name);
        sip.Endpoint.Start();
        leaving = Task.WhenAll(
            Watched("earlier runs", earlier.Finish(stopping.Token)),
            Watched("publishing events", publisher.Run(events, stopping.Token)),
            Watched("shipping recordings", shipper.Run(blocks, stopping.Token)));
        following = Watched("who is at work", duties.Follow(stopping.Token));
        ticking = Watched("the half-second tick", KeepTicking(stopping.Token));
        trunks.Start(sip.Endpoint);
        registrations.Restore(sip.Endpoint);
        telling = Watched("telling the other gateways", notices.Run(stopping.Token));
        sip.Invited = calls.Invited;
        sip.ForBrowsers = user => user switch { Echoes.User => echoes.Take, StandingLegs.User => standing.Take, _ => null };
        IsOpen = true;
        Log.Started(logger, incarnation.Name, sip.Endpoint.Uri, options.Advertise ?? options.Bind, options.RtpFrom, options.RtpTo);
        return Task.CompletedTask;
    }

    /// <summary>The stop happens here, while the other services of the host still take events and recording blocks.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!IsOpen)
        {
            return;
        }
        IsOpen = false;
        if (options.DrainSeconds > 0)
        {
            Log.Draining(logger, incarnation.Name, calls.Live.Count(), options.DrainSeconds);
            // Who asks by OPTIONS whether we are there hears that no call is taken.
            sip.Endpoint.Draining = true;
            await calls.Drain(TimeSpan.FromSeconds(options.DrainSeconds));
        }
        echoes.Stop();
        phones.Stop();
        var ended = await calls.Stop(CallsTime);
        standing.Stop();
        await trunks.Stop();
        await sip.Endpoint.StopAsync(SipTime);
        await media.DisposeAsync();
        registrations.Save();
        costs.Save();
        ladders.Flush(all: true);
        events.Complete();
        blocks.Complete();
        await Task.WhenAny(leaving, Task.Delay(LeaveTime, clock, CancellationToken.None));
        await stopping.CancelAsync();
        await Task.WhenAll(leaving, ticking, following, telling);
        var (eventsLeft, blocksLeft) = (events.Depth, blocks.Unshipped);
        events.Dispose();
        blocks.Dispose();
        incarnation.Dispose();
        if (eventsLeft == 0 && blocksLeft == 0)
        {
            Directory.Delete(incarnation.Folder, recursive: true);
        }
        Log.Stopped(logger, incarnation.Name, ended, eventsLeft, blocksLeft);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After a start that failed elsewhere nobody stops what began here.</summary>
    public void Dispose()
    {
        if (!stopping.IsCancellationRequested)
        {
            stopping.Cancel();
        }
        stopping.Dispose();
    }

    private async Task KeepTicking(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        for (var n = 0L; await timer.WaitForNextTickAsync(ct); n++)
        {
            try
            {
                OnTick(everySecond: n % 2 == 0);
            }
            catch (IOException e)
            {
                // The disk may take it at the next tick; new calls are refused when it takes no events.
                Log.WorkFailed(logger, e, "the half-second tick");
            }
        }
    }

    private void OnTick(bool everySecond)
    {
        if (everySecond)
        {
            incarnation.Sign(clock.GetUtcNow());
        }
        ladders.Flush();
        costs.Save();
        events.Flush();
        blocks.Flush();
        if (events.Failure is { } fault)
        {
            Log.SpoolFailed(logger, fault);
        }
        if (everySecond)
        {
            registrations.Save();
            bans.Sweep();
        }
    }

    private async Task Watched(string what, Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What did not leave is on disk.
        }
        catch (Exception e)
        {
            Log.WorkFailed(logger, e, what);
        }
    }
}
