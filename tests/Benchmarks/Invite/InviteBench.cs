using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CallCenter.Benchmarks.Measure;
using CallCenter.TestKit.Running;

namespace CallCenter.Benchmarks.Invite;

/// <summary>
/// What a call's signalling costs a bridging user agent: <c>invite</c>, its CPU beside Kamailio's as a stateful relay; <c>linger</c>, the memory
/// that calls leave for a while; <see cref="Allocation"/>, what it allocates.
/// </summary>
internal sealed class InviteBench(TimeProvider clock, TextWriter output)
{
    public const string Invite = "invite", Linger = "linger";

    private const int Rounds = 5, CallsPerSecond = 500, LingerCallsPerSecond = 200, WarmCalls = 15_000, AllocationCalls = 5_000;
    private const double ShareMax = 1.0, MegabytesPerCallRate = 0.2, AllocationMax = 12_000;
    private static readonly TimeSpan RampUp = TimeSpan.FromSeconds(1), Window = TimeSpan.FromSeconds(4), LingerTime = TimeSpan.FromSeconds(60), AfterLast = TimeSpan.FromSeconds(40);

    private readonly SipLoad _load = new(FreePorts.Any(SocketType.Dgram), FreePorts.Any(SocketType.Dgram));
    private readonly List<Row> _rows = [];

    private sealed record Round(double CpuSeconds, SipLoadResult Load)
    {
        public double Milliseconds => 1000 * CpuSeconds / Load.Calls;
    }

    /// <summary>Beside Kamailio, in turn.</summary>
    public async Task<IReadOnlyList<Row>> RunInvite()
    {
        Kamailio.Check();
        using var signalling = await HostProcess.Start(_load.Callee, media: false);
        using var withMedia = await HostProcess.Start(_load.Callee, media: true);
        using var kamailio = new Kamailio(new IPEndPoint(IPAddress.Loopback, FreePorts.Any(SocketType.Dgram)), _load.Callee);
        await kamailio.Ready(clock);
        Warm(signalling);
        Warm(withMedia);
        var (ours, medias, theirs) = (new List<Round>(), new List<Round>(), new List<Round>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(Measure(signalling.Sip, () => CpuAccount.OfFamily(signalling.Id)));
            theirs.Add(Measure(kamailio.Local, () => CpuAccount.OfFamily(kamailio.Id)));
            medias.Add(Measure(withMedia.Sip, () => CpuAccount.OfFamily(withMedia.Id)));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"  {clock.GetLocalNow():HH:mm:ss}  {ours[^1].Milliseconds:0.000} ms a call, Kamailio {theirs[^1].Milliseconds:0.000}, with media legs {medias[^1].Milliseconds:0.000}"));
        }

        var what = string.Create(CultureInfo.InvariantCulture, $"{CallsPerSecond} calls/s, one loop beside one UDP worker");
        var reference = Median(theirs.Select(r => r.Milliseconds));
        _rows.Add(Row.Of(Invite, $"{what}: CPU", Median(ours.Select(r => r.Milliseconds)), "ms a call", reference, ShareMax * reference));
        Tell("", ours, theirs);
        Tell("media legs opened: ", medias, null);
        _rows.Add(Row.Of(Invite, "media legs opened: CPU", Median(medias.Select(r => r.Milliseconds)), "ms a call", reference));
        _rows.Add(Row.Of(Invite, "INVITE to 200 less the ring, p99", Median(ours.Select(r => r.Load.SetUpMs99)), "ms", Median(theirs.Select(r => r.Load.SetUpMs99))));
        _rows.Add(Row.Of(Invite, "the load tool's own CPU", Median(ours.Select(r => 1000 * r.Load.GeneratorCpuSeconds / r.Load.Calls)), "ms a call"));
        return _rows;
    }

    /// <summary>Memory while calls come and go, and what is left after them.</summary>
    public async Task<IReadOnlyList<Row>> RunLinger()
    {
        using var host = await HostProcess.Start(_load.Callee, media: true);
        // The code is warm, and its transactions are gone, before anything is counted.
        _load.Run(host.Sip, LingerCallsPerSecond, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await Task.Delay(AfterLast, clock);
        var before = host.Resident;
        var after = 0L;
        var result = _load.Run(host.Sip, LingerCallsPerSecond, TimeSpan.Zero, LingerTime, ends: () => after = host.Resident);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {clock.GetLocalNow():HH:mm:ss}  {result.Calls} calls, {before >> 20} MB before, {after >> 20} MB after; now {AfterLast.TotalSeconds} s of silence"));
        await Task.Delay(AfterLast, clock);
        _rows.Add(Row.Of(Linger, string.Create(CultureInfo.InvariantCulture, $"resident memory's growth in 60 s at {LingerCallsPerSecond} calls/s"), (after - before) / 1e6, "MB", limit: MegabytesPerCallRate * LingerCallsPerSecond));
        foreach (var (name, count) in (await host.Count()).Living)
        {
            _rows.Add(Row.Of(Linger, $"{name} 40 s after the last call", count, "", limit: 0));
        }

        Tell(Linger, "", result);
        return _rows;
    }

    /// <summary>Managed bytes of a bridged call.</summary>
    public async Task<IReadOnlyList<Row>> RunAllocation(string bench)
    {
        foreach (var media in (bool[])[false, true])
        {
            using var host = await HostProcess.Start(_load.Callee, media);
            _load.Run(host.Sip, CallsPerSecond, TimeSpan.Zero, TimeSpan.FromSeconds((double)AllocationCalls / CallsPerSecond));
            var before = await host.Count();
            var result = _load.Run(host.Sip, CallsPerSecond, TimeSpan.Zero, TimeSpan.FromSeconds((double)AllocationCalls / CallsPerSecond));
            var after = await host.Count();
            var what = media ? "a bridged call with media legs" : "a bridged call";
            _rows.Add(Row.Of(bench, what, (double)(after.AllocatedBytes - before.AllocatedBytes) / result.Calls, "managed bytes", limit: media ? null : AllocationMax));
            Tell(bench, $"{what}: ", result);
        }

        return _rows;
    }

    private void Warm(HostProcess host) => _load.Run(host.Sip, CallsPerSecond, TimeSpan.Zero, TimeSpan.FromSeconds((double)WarmCalls / CallsPerSecond));

    private Round Measure(IPEndPoint peer, Func<double> cpu)
    {
        var (before, after) = (0.0, 0.0);
        var load = _load.Run(peer, CallsPerSecond, RampUp, Window, () => before = cpu(), () => after = cpu());
        return new(after - before, load);
    }

    private void Tell(string what, List<Round> rounds, List<Round>? theirs)
    {
        _rows.Add(Row.Of(Invite, $"{what}calls failed of {rounds.Sum(r => r.Load.Calls)}", rounds.Sum(r => r.Load.Failed), "calls", theirs?.Sum(r => r.Load.Failed), 0));
        _rows.Add(Row.Of(Invite, $"{what}retransmissions", rounds.Sum(r => r.Load.Retransmissions), "messages", theirs?.Sum(r => r.Load.Retransmissions), 0));
    }

    private void Tell(string bench, string what, SipLoadResult result)
    {
        _rows.Add(Row.Of(bench, string.Create(CultureInfo.InvariantCulture, $"{what}calls failed of {result.Calls}"), result.Failed, "calls", limit: 0));
        _rows.Add(Row.Of(bench, $"{what}retransmissions", result.Retransmissions, "messages", limit: 0));
    }

    private static double Median(IEnumerable<double> values) => Quantile.Of([.. values], 0.5);
}
