using System.Text;

namespace CallCenter.TestKit.Peers;

/// <summary>
/// What a sipp peer does, step by step: one call, as its caller or as the phone that is called, written as sipp's own scenario. It does not hear what it
/// is sent (<see cref="RtpWiretap"/> does). A step that is not met fails the run.
/// </summary>
public sealed class SippScript
{
    /// <summary>The SDP of sipp; without telephone-event its keys go by INFO.</summary>
    public const string Audio =
        "v=0\no=sipp 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 8 101\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\n";

    /// <inheritdoc cref="Audio"/>
    public const string AudioWithoutKeys = "v=0\no=sipp 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 8\na=rtpmap:8 PCMA/8000\n";

    private readonly StringBuilder _steps = new();
    private readonly string _user;
    private int _cseq = 1;

    /// <summary>A script of the user; <see cref="Calls"/> or <see cref="IsCalled"/> comes first.</summary>
    public SippScript(string user) => _user = user;

    /// <summary>The scenario file.</summary>
    public override string ToString() => $"<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"one call\">\n{_steps}</scenario>\n";

    /// <summary>Registers with digest.</summary>
    public static SippScript Registers(string user, string password)
    {
        var script = new SippScript(user);
        string Request(string more) =>
            $"REGISTER sip:[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom: <sip:{user}@[remote_ip]>;tag=[pid]\n"
            + $"To: <sip:{user}@[remote_ip]>\nCall-ID: [call_id]\nCSeq: {script._cseq++} REGISTER\nContact: <sip:{user}@[local_ip]:[local_port]>\nExpires: 300\nMax-Forwards: 70\n{more}Content-Length: 0\n\n";
        script.Send(Request(""));
        script.Add("<recv response=\"401\" auth=\"true\"/>\n");
        return script.Send(Request($"[authentication username={user} password={password}]\n")).Gets("200");
    }

    /// <summary>Calls the number of the command line and is answered.</summary>
    public SippScript Calls(string audio = Audio, string more = "")
    {
        Invites(audio, more);
        Gets("100", optional: true).Gets("180", optional: true);
        Add($"<recv response=\"200\" rrs=\"true\">{Keep("To:")}</recv>\n");
        return Acknowledges(_cseq - 1).Speaks();
    }

    /// <summary>Calls, is refused with that code and acknowledges it.</summary>
    public SippScript IsRefused(int code, string more)
    {
        Invites(Audio, more);
        Gets("100", optional: true).Gets($"{code}");
        Add(
            $"<send><![CDATA[\nACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n{From}\n[last_To:]\nCall-ID: [call_id]\nCSeq: 1 ACK\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>\n");
        _cseq = 2;
        return this;
    }

    /// <summary>Is called, rings and answers.</summary>
    public SippScript IsCalled(string audio = Audio, string more = "")
    {
        Add($"<recv request=\"INVITE\" rrs=\"true\">{Keep("From:")}</recv>\n");
        Replies("180 Ringing", tag: true).Replies("200 OK", audio, more, tag: true);
        Add("<recv request=\"ACK\"/>\n");
        return Speaks();
    }

    /// <summary>Waits until the test says that it goes on: <see cref="SippPeer.Cue"/>.</summary>
    public SippScript OnCue()
    {
        Add($"<nop><action><log message=\"{Waits}\"/></action></nop>\n<recv request=\"MESSAGE\"/>\n");
        return this;
    }

    /// <summary>A re-INVITE with that direction (sendonly: hold), answered and acknowledged.</summary>
    public SippScript Reinvites(string direction)
    {
        var cseq = Request("INVITE", "", Audio + $"a={direction}\n");
        return Gets("100", optional: true).Gets("200").Acknowledges(cseq);
    }

    /// <summary>A request within the call, answered with that code.</summary>
    public SippScript Asks(string method, string code, string more = "", string body = "", string type = "application/sdp")
    {
        Request(method, more, body, type);
        return Gets(code);
    }

    /// <summary>Presses a key by RFC 4733, from sipp's own capture.</summary>
    public SippScript Presses(char key) => Runs($"play_pcap_audio=\"{Captures}/dtmf_2833_{key}.pcap\"");

    /// <summary>Presses a key by INFO.</summary>
    public SippScript PressesByInfo(char key) => Asks("INFO", "200", body: $"Signal={key}\nDuration=160\n", type: "application/dtmf-relay");

    /// <summary>Is asked that within the call, and says 200. The text must be in the request.</summary>
    public SippScript IsAsked(string method, string? containing = null)
    {
        Add($"<recv request=\"{method}\">");
        if (containing is not null)
        {
            Add($"<action><ereg regexp=\"{containing}\" search_in=\"msg\" check_it=\"true\" assign_to=\"found{_cseq}\"/></action></recv>\n<Reference variables=\"found{_cseq++}\"/>\n");
        }
        else
        {
            Add("</recv>\n");
        }
        return Replies("200 OK");
    }

    /// <summary>What its log says when it waits for a cue.</summary>
    internal const string Waits = "waits";

    private const string Captures = "/usr/share/sip-tester";

    private string From => $"From: <sip:{_user}@[local_ip]:[local_port]>;tag=[pid]a[call_number]";

    private string Contact => $"Contact: <sip:{_user}@[local_ip]:[local_port]>";

    // The peer's address with its tag for our requests; the call's name for the test's cues.
    private static string Keep(string header) =>
        $"<action><ereg regexp=\"[[:print:]]*\" search_in=\"hdr\" header=\"{header}\" assign_to=\"peer\"/><log message=\"[call_id]\"/></action>";

    private void Add(string step) => _steps.Append(step);

    private void Invites(string audio, string more) => Send(
        $"INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n{From}\nTo: <sip:[service]@[remote_ip]:[remote_port]>\n"
        + $"Call-ID: [call_id]\nCSeq: {_cseq++} INVITE\n{Contact}\nMax-Forwards: 70\n{more}Content-Type: application/sdp\nContent-Length: [len]\n\n{audio}");

    private int Request(string method, string more, string body, string type = "application/sdp")
    {
        Send($"{method} [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n[routes]\n{From}\nTo:[$peer]\nCall-ID: [call_id]\nCSeq: {_cseq} {method}\n{Contact}\n"
            + $"Max-Forwards: 70\n{more}{(body.Length > 0 ? $"Content-Type: {type}\n" : "")}Content-Length: [len]\n\n{body}");
        return _cseq++;
    }

    private SippScript Acknowledges(int cseq)
    {
        Add($"<send><![CDATA[\nACK [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n[routes]\n{From}\nTo:[$peer]\nCall-ID: [call_id]\nCSeq: {cseq} ACK\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>\n");
        return this;
    }

    private SippScript Speaks() => Runs("rtp_stream=\"tone.alaw,-1,8\"");

    private SippScript Runs(string what)
    {
        Add($"<nop><action><exec {what}/></action></nop>\n");
        return this;
    }

    private SippScript Send(string message)
    {
        Add($"<send retrans=\"500\"><![CDATA[\n{message}]]></send>\n");
        return this;
    }

    private SippScript Gets(string code, bool optional = false)
    {
        Add($"<recv response=\"{code}\"{(optional ? " optional=\"true\"" : "")}/>\n");
        return this;
    }

    private SippScript Replies(string status, string body = "", string more = "", bool tag = false)
    {
        var repeats = tag && body.Length > 0 ? " retrans=\"500\"" : "";
        Add($"<send{repeats}><![CDATA[\nSIP/2.0 {status}\n[last_Via:]\n[last_Record-Route:]\n[last_From:]\n[last_To:]{(tag ? ";tag=[pid]a[call_number]" : "")}\n[last_Call-ID:]\n[last_CSeq:]\n{Contact}\n"
            + $"{more}{(body.Length > 0 ? "Content-Type: application/sdp\n" : "")}Content-Length: [len]\n\n{body}]]></send>\n");
        return this;
    }
}
