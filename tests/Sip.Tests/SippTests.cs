using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.TestKit.Running;

namespace CallCenter.Sip.Tests;

/// <summary>Against sipp, a stack that is not ours: as its callee and as its caller, over UDP and TCP.</summary>
[Trait("needs", "server")]
public sealed class SippTests : IDisposable
{
    private readonly ConcurrentQueue<(bool Sent, string Name)> seen = new();
    private readonly string folder = Directory.CreateTempSubdirectory("sipp").FullName;

    [Theory]
    [InlineData("u1")]
    [InlineData("t1")]
    public async Task It_calls_us_talks_and_hangs_up(string transport)
    {
        await using var phone = Answering();
        await CallUsAsync(phone, Invite + Expect("100") + Expect("180") + Expect("200") + InDialog("ACK", 1) + Digit + Expect("200") + InDialog("BYE", 3) + Expect("200"), transport);
        var call = await phone.NextCallAsync();
        await phone.NextAsync<CallAcknowledged>(call);
        (await phone.NextAsync<CallInfo>(call)).Digit.ShouldBe('7');
        (await phone.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.RemoteBye);
    }

    [Fact]
    public async Task It_takes_its_call_back()
    {
        await using var phone = new Phone(onCall: call => call.Ringing(), trace: Trace);
        await CallUsAsync(phone, Invite + Expect("100") + Expect("180") + Cancel + Expect("200") + Expect("487") + FailureAck, "u1");
        seen.ShouldContain((true, "487 INVITE"));
    }

    [Fact]
    public async Task Its_late_ack_stops_the_repeated_200()
    {
        await using var phone = Answering();
        await CallUsAsync(phone, Invite + Expect("100") + Expect("180") + Expect("200") + "<pause milliseconds=\"1000\"/>" + InDialog("ACK", 1) + "<pause milliseconds=\"1500\"/>" + InDialog("BYE", 2) + Expect("200"), "u1");
        seen.Count(s => s == (true, "200 INVITE")).ShouldBe(2); // at 0 and 0.5 s
    }

    [Fact]
    public async Task An_ack_that_never_comes_ends_its_call_with_our_bye()
    {
        await using var phone = Answering(new Transactions.SipTimers { T1 = 50 });
        await CallUsAsync(phone, Invite + Expect("100") + Expect("180") + Expect("200") + "<recv request=\"BYE\"/>" + OkToRequest(""), "u1");
        var call = await phone.NextCallAsync();
        (await phone.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.AckTimeout);
    }

    [Fact]
    public async Task It_answers_our_call_after_our_invite_had_to_be_repeated()
    {
        await using var phone = new Phone(trace: Trace);
        var port = FreePorts.Any(SocketType.Dgram);
        var sipp = RunAsync(
            "<recv request=\"INVITE\"/><pause milliseconds=\"700\"/>" + Response("180 Ringing") + OkToRequest(Phone.Sdp) + "<recv request=\"ACK\"/><recv request=\"BYE\"/>" + OkToRequest(""),
            $"-i 127.0.0.1 -p {port}");
        var call = phone.Call(new UacInvite { Target = $"sip:service@127.0.0.1:{port}" });
        (await phone.NextAsync<CallProgress>(call)).Code.ShouldBe(180);
        (await phone.NextAsync<CallAnswered>(call)).Sdp.ShouldNotBeNull();
        call.Bye();
        await sipp;
        seen.Count(s => s == (true, "INVITE")).ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task It_acknowledges_our_early_media_with_prack()
    {
        await using var phone = new Phone(trace: Trace);
        var steps = Send("INVITE", 1, "", Phone.Sdp, "retrans=\"500\"", extra: "Supported: 100rel\n") + Expect("100")
            + "<recv response=\"183\"><action><ereg regexp=\"[0-9]+\" search_in=\"hdr\" header=\"RSeq:\" assign_to=\"rseq\"/></action></recv>"
            + Send("PRACK", 2, "[peer_tag_param]", "", "retrans=\"500\"", extra: "RAck: [$rseq] 1 INVITE\n") + Expect("200") + Expect("200")
            + InDialog("ACK", 1) + InDialog("BYE", 3) + Expect("200");
        var sipp = CallUsAsync(phone, steps, "u1");
        var call = await phone.NextCallAsync();
        call.Progress(183, Phone.Sdp);
        (await phone.NextAsync<CallPracked>(call)).Code.ShouldBe(183);
        call.Answer(Phone.Sdp);
        await phone.NextAsync<CallAcknowledged>(call);
        (await phone.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.RemoteBye);
        await sipp;
    }

    [Fact]
    public async Task Its_early_media_is_acknowledged_with_prack()
    {
        await using var phone = new Phone(trace: Trace);
        var port = FreePorts.Any(SocketType.Dgram);
        var sipp = RunAsync(
            "<recv request=\"INVITE\"><action><ereg regexp=\"[[:print:]]*\" search_in=\"hdr\" header=\"Via:\" assign_to=\"via\"/></action></recv>" + Response("183 Session Progress", "Require: 100rel\nRSeq: 17\n", Phone.Sdp)
            + "<recv request=\"PRACK\"><action><ereg regexp=\"17 1 INVITE\" search_in=\"hdr\" header=\"RAck:\" check_it=\"true\" assign_to=\"rack\"/></action></recv>"
            + "<Reference variables=\"rack\"/>" + OkToRequest("", tag: false)
            + Ok("INVITE", 1, Phone.Sdp) + "<recv request=\"ACK\"/><recv request=\"BYE\"/>" + OkToRequest(""),
            $"-i 127.0.0.1 -p {port}");
        var call = phone.Call(new UacInvite { Target = $"sip:service@127.0.0.1:{port}" });
        (await phone.NextAsync<CallProgress>(call)).Sdp.ShouldNotBeNull();
        await phone.NextAsync<CallAnswered>(call);
        call.Bye();
        await sipp;
        seen.ShouldContain((true, "PRACK"));
    }

    [Fact]
    public async Task It_transfers_its_call_and_hears_how_it_went()
    {
        await using var phone = Answering();
        var sipp = CallUsAsync(
            phone,
            Invite + Expect("100") + Expect("180") + Expect("200") + InDialog("ACK", 1)
            + Send("REFER", 2, "[peer_tag_param]", "", "retrans=\"500\"", extra: "Refer-To: <sip:1002@127.0.0.1>\n") + Expect("202")
            + "<recv request=\"NOTIFY\"/>" + OkToRequest("", tag: false) + "<recv request=\"NOTIFY\"/>" + OkToRequest("", tag: false)
            + InDialog("BYE", 3) + Expect("200"),
            "u1");
        var call = await phone.NextCallAsync();
        await phone.NextAsync<CallAcknowledged>(call);
        var asked = await phone.NextAsync<CallRefer>(call);
        asked.User.ShouldBe("1002");
        asked.Accept();
        asked.Report(200);
        await phone.NextAsync<CallEnded>(call);
        await sipp;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Phone Answering(Transactions.SipTimers? timers = null)
    {
        return new Phone(timers: timers, trace: Trace, onIncoming: call =>
        {
            call.Ringing();
            call.Answer(Phone.Sdp);
        });
    }

    private void Trace(in SipTraceRecord record)
    {
        if (SipParser.Parse(record.Bytes.ToArray(), out _) is { } message)
        {
            seen.Enqueue((record.Sent, message.IsRequest ? message.MethodName : $"{message.StatusCode} {message.CSeqMethod.Name()}"));
        }
    }

    private Task CallUsAsync(Phone phone, string steps, string transport) =>
        RunAsync(steps, $"-i 127.0.0.1 -t {transport} -s 100 {phone.Endpoint.LocalEndPoint}");

    // One call of that scenario; a step that is not met makes sipp fail.
    private async Task RunAsync(string steps, string arguments)
    {
        var file = Path.Combine(folder, "scenario.xml");
        await File.WriteAllTextAsync(file, $"<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"one call\">\n{steps}\n</scenario>\n", TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("sipp", $"-sf {file} -m 1 -nostdin -timeout 20s -timeout_error -recv_timeout 10000 -trace_err -error_file {folder}/errors.log {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["TERM"] = "dumb";
        using var sipp = Process.Start(start)!;
        var screen = sipp.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = sipp.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sipp.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        sipp.ExitCode.ShouldBe(0, await screen + await errors + (File.Exists($"{folder}/errors.log") ? await File.ReadAllTextAsync($"{folder}/errors.log", TestContext.Current.CancellationToken) : ""));
    }

    private const string Common = "From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[pid]a[call_number]\nCall-ID: [call_id]\nMax-Forwards: 70\nContact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n";

    private static string Invite => Send("INVITE", 1, "", Phone.Sdp, "retrans=\"500\"");

    private static string Cancel => "<send><![CDATA[\nCANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\nTo: <sip:[service]@[remote_ip]:[remote_port]>\n" + Common + "CSeq: 1 CANCEL\nContent-Length: 0\n\n]]></send>";

    private static string FailureAck => "<send><![CDATA[\nACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n[last_To:]\n" + Common + "CSeq: 1 ACK\nContent-Length: 0\n\n]]></send>";

    private static string Digit => Send("INFO", 2, "[peer_tag_param]", "Signal=7\r\nDuration=100\r\n", "retrans=\"500\"", DtmfInfo.Relay);

    private static string InDialog(string method, int cseq) => Send(method, cseq, "[peer_tag_param]", "", method == "BYE" ? "retrans=\"500\"" : "");

    private static string Expect(string code) => $"<recv response=\"{code}\" {(code == "100" ? "optional=\"true\"" : "")}/>";

    private static string Send(string method, int cseq, string toTag, string body, string attributes, string type = "application/sdp", string extra = "") =>
        $"<send {attributes}><![CDATA[\n{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport\nTo: <sip:[service]@[remote_ip]:[remote_port]>{toTag}\n"
        + Common + $"{extra}CSeq: {cseq} {method}\nContent-Type: {type}\nContent-Length: [len]\n\n{body.ReplaceLineEndings("\n")}]]></send>";

    private static string Response(string status, string extra = "", string body = "") =>
        $"<send><![CDATA[\nSIP/2.0 {status}\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]b[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port];transport=[transport]>\n{extra}"
        + (body.Length > 0 ? "Content-Type: application/sdp\n" : "") + $"Content-Length: [len]\n\n{body.ReplaceLineEndings("\n")}]]></send>";

    // The final response to an earlier request: its headers are those of the call, not of the last message.
    private static string Ok(string method, int cseq, string body) =>
        $"<send><![CDATA[\nSIP/2.0 200 OK\nVia:[$via]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\nCSeq: {cseq} {method}\nContact: <sip:[local_ip]:[local_port];transport=[transport]>\nContent-Type: application/sdp\nContent-Length: [len]\n\n{body.ReplaceLineEndings("\n")}]]></send>";

    private static string OkToRequest(string body, bool tag = true) =>
        $"<send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]{(tag ? ";tag=[pid]b[call_number]" : "")}\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port];transport=[transport]>\n"
        + (body.Length > 0 ? "Content-Type: application/sdp\n" : "") + $"Content-Length: [len]\n\n{body.ReplaceLineEndings("\n")}]]></send>";
}
