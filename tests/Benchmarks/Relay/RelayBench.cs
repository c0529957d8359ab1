using System.Globalization;
using CallCenter.Benchmarks.Measure;
using CallCenter.Media;
using CallCenter.Media.Srtp;

namespace CallCenter.Benchmarks.Relay;

/// <summary>
/// CPU of the media plane, each case a process of its own under the same load, cases in turn, medians: <c>relay</c>, a bridged G.711
/// call beside rtpengine with latching, RTCP and statistics on; <c>srtp</c>, the same with a protected leg beside the plain one;
/// <c>record</c>, with both channels recorded beside the plain one; <c>talk</c>, recorded calls whose blocks leave as the gateway ships
/// them; <c>wait</c>, callers who hear music. And what their packets allocate.
/// </summary>
internal sealed class RelayBench(TimeProvider clock, TextWriter output)
{
    public const string Relay = "relay", Srtp = "srtp", Wait = "wait", Record = "record", Talk = "talk";

    private const int Rounds = 5, SrtpCalls = 200, RecordedCalls = 200, AllocationCalls = 200, Waiting = 1000;
    private const double RelayShareMax = 0.70, SrtpShareMax = 1.5, RecordShareMax = 1.25, TalkCpuMax = 1.0, DelayMsMax = 5, WaitCpuMax = 0.3, FramesASecond = 50, MissingShareMax = 0.001;
    private static readonly int[] Sizes = [200, 1000], TalkSizes = [200, 500];
    private static readonly SrtpProfile[] Profiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80];

    private readonly List<Row> _rows = [];

    /// <summary>Beside rtpengine.</summary>
    public async Task<IReadOnlyList<Row>> RunRelay()
    {
        foreach (var calls in Sizes)
        {
            var rounds = await InTurn(() => Relays.Ours(RelayHost.Kind.Bridge, calls), () => Relays.Rtpengines(calls, clock));
            var (ours, theirs) = (rounds[0], rounds[1]);
            var reference = Cost(theirs);
            _rows.Add(Row.Of(Relay, $"{calls} calls: CPU", Cost(ours), "us a packet", reference, reference * RelayShareMax));
            TellLoss(Relay, $"{calls} calls", ours, theirs);
            TellGenerator(Relay, $"{calls} calls", ours);
        }

        return _rows;
    }

    /// <summary>A protected leg to a plain one, beside plain legs.</summary>
    public async Task<IReadOnlyList<Row>> RunSrtp()
    {
        var cases = Profiles.Select(profile => (Func<Task<RelayRound>>)(() => Relays.Ours(RelayHost.Kind.Bridge, SrtpCalls, SdesCrypto.Create(1, profile))));
        var rounds = await InTurn([() => Relays.Ours(RelayHost.Kind.Bridge, SrtpCalls), .. cases]);
        var plain = Cost(rounds[0]);
        for (var i = 0; i < Profiles.Length; i++)
        {
            _rows.Add(Row.Of(Srtp, $"{SrtpCalls} calls, {Profiles[i]}: CPU", Cost(rounds[i + 1]), "us a packet", plain, plain * SrtpShareMax));
            TellLoss(Srtp, $"{SrtpCalls} calls, {Profiles[i]}", rounds[i + 1], rounds[0]);
        }

        return _rows;
    }

    /// <summary>Both channels into the encrypted spool, beside the same calls unrecorded.</summary>
    public async Task<IReadOnlyList<Row>> RunRecord()
    {
        var rounds = await InTurn(() => Relays.Ours(RelayHost.Kind.Bridge, RecordedCalls, longWarmUp: true), () => Relays.Ours(RelayHost.Kind.Bridge, RecordedCalls, recorded: true));
        var (plain, recorded) = (rounds[0], rounds[1]);
        _rows.Add(Row.Of(Record, $"{RecordedCalls} calls, recorded: CPU", Cost(recorded), "us a packet", Cost(plain), Cost(plain) * RecordShareMax));
        TellLoss(Record, $"{RecordedCalls} calls, recorded", recorded, plain);
        TellBlocks(Record, $"{RecordedCalls} calls, recorded", recorded);
        TellGenerator(Record, $"{RecordedCalls} calls, recorded", recorded);
        return _rows;
    }

    /// <summary>Recorded calls, their blocks shipped.</summary>
    public async Task<IReadOnlyList<Row>> RunTalk()
    {
        await using var recording = await RecordingStub.Start();
        foreach (var calls in TalkSizes)
        {
            var rounds = (await InTurn(() => Relays.Ours(RelayHost.Kind.Bridge, calls, recorded: true, recording: recording.Url)))[0];
            var cpu = Median(rounds.Select(r => 1000 * r.CpuSeconds / (calls * r.Load.Seconds)));
            _rows.Add(Row.Of(Talk, $"{calls} bridged and recorded calls: CPU", cpu, "CPU s / 1,000 call-s", References.RecordedTalkCpuSeconds, TalkCpuMax));
            TellLoss(Talk, $"{calls} calls", rounds);
            TellBlocks(Talk, $"{calls} calls", rounds);
            TellGenerator(Talk, $"{calls} calls", rounds);
        }

        return _rows;
    }

    /// <summary>Managed bytes of forwarding: of the media threads, which must be none, and, told, of the whole process.</summary>
    public async Task<IReadOnlyList<Row>> RunAllocation(string bench)
    {
        (string What, Func<Task<RelayRound>> Run)[] cases =
        [
            ("plain", () => Relays.Ours(RelayHost.Kind.Bridge, AllocationCalls)),
            .. Profiles.Select(profile => ($"{profile}", (Func<Task<RelayRound>>)(() => Relays.Ours(RelayHost.Kind.Bridge, AllocationCalls, SdesCrypto.Create(1, profile))))),
            ("recorded", () => Relays.Ours(RelayHost.Kind.Bridge, AllocationCalls, recorded: true)),
        ];
        foreach (var (what, run) in cases)
        {
            var account = (await run()).Account;
            _rows.Add(Row.Of(bench, $"forwarded packet, {what}: media threads, {account.Packets} packets", (double)account.MediaBytes / account.Packets, "managed bytes a packet", limit: 0));
            _rows.Add(Row.Of(bench, $"forwarded packet, {what}: whole process", (double)account.ProcessBytes / account.Packets, "managed bytes a packet"));
        }

        return _rows;
    }

    /// <summary>Callers with music.</summary>
    public async Task<IReadOnlyList<Row>> RunWait()
    {
        var rounds = (await InTurn(() => Relays.Ours(RelayHost.Kind.Wait, Waiting, longWarmUp: true)))[0];
        _rows.Add(Row.Of(Wait, $"{Waiting} callers hear music and send: CPU", WaitingCost(rounds), "CPU s / 1,000 s of waiting", References.MusicCpuSeconds, WaitCpuMax));
        var wanted = rounds.Sum(r => (long)(r.Load.Seconds * FramesASecond)) * Waiting;
        _rows.Add(Row.Of(Wait, $"{Waiting} callers: music missing of {wanted} packets", Math.Max(0, wanted - rounds.Sum(r => r.Load.Heard)), "packets", limit: wanted * MissingShareMax));
        TellGenerator(Wait, $"{Waiting} callers", rounds);
        return _rows;
    }

    private void TellLoss(string bench, string what, List<RelayRound> ours, List<RelayRound>? theirs = null)
    {
        _rows.Add(Row.Of(bench, string.Create(CultureInfo.InvariantCulture, $"{what}: packets lost of {ours.Sum(r => r.Load.Sent)}"), ours.Sum(r => r.Load.Lost), "packets", theirs?.Sum(r => r.Load.Lost), 0));
        _rows.Add(Row.Of(bench, $"{what}: delay, p99", DelayOf(ours), "ms", theirs is null ? null : DelayOf(theirs), DelayMsMax));
    }

    private void TellBlocks(string bench, string what, List<RelayRound> rounds) =>
        _rows.Add(Row.Of(bench, $"{what}: blocks lost of {rounds.Sum(r => r.Recorded.Blocks + r.Recorded.Lost)}", rounds.Sum(r => r.Recorded.Lost), "blocks of 0.5 s", limit: 0));

    private void TellGenerator(string bench, string what, List<RelayRound> ours) =>
        _rows.Add(Row.Of(bench, $"{what}: the load tool's own CPU", Median(ours.Select(r => 100 * r.Load.GeneratorCpuSeconds / r.Load.Seconds)), "% of a core"));

    private async Task<List<RelayRound>[]> InTurn(params Func<Task<RelayRound>>[] cases)
    {
        var rounds = cases.Select(_ => new List<RelayRound>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < cases.Length; i++)
            {
                rounds[i].Add(await cases[i]());
            }

            var told = rounds.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r[^1].CpuSeconds:0.00} CPU s for {r[^1].Load.Sent} packets ({r[^1].MicrosecondsAPacket:0.00} us), {r[^1].Load.Lost} lost, {r[^1].Load.Heard} heard, p99 {r[^1].Load.Delay(0.99)} ms, load {r[^1].Load.GeneratorCpuSeconds / r[^1].Load.Seconds:0.00}"));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {clock.GetLocalNow():HH:mm:ss}  {string.Join("; ", told)}"));
        }

        return rounds;
    }

    private static double WaitingCost(List<RelayRound> rounds) => Median(rounds.Select(r => 1000 * r.CpuSeconds / (Waiting * r.Load.Seconds)));

    private static double DelayOf(List<RelayRound> rounds) => Median(rounds.Select(r => r.Load.Delay(0.99)));

    private static double Cost(List<RelayRound> rounds) => Median(rounds.Select(r => r.MicrosecondsAPacket));

    private static double Median(IEnumerable<double> values) => Quantile.Of([.. values], 0.5);
}
