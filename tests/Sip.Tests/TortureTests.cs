using System.Runtime.CompilerServices;
using System.Text;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;

namespace CallCenter.Sip.Tests;

/// <summary>
/// The messages of RFC 4475 (section 3), each with what an agent makes of it: the status it answers, or that it was a stray response or malformed.
/// The agent rejects each call with 486 and knows no user.
/// </summary>
public sealed class TortureTests
{
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var line in File.ReadAllLines(PathOf("expected.txt")))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            cases.Add(line[..space], line[(space + 1)..]);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_message_meets_its_answer(string name, string expected)
    {
        var wire = new Wire();
        var agent = wire.Add("192.0.2.200:5060", new Registrar(new RegistrarOptions { Realm = "r", Credentials = _ => null }, wire.Clock));
        agent.OnCall = call => call.Reject(486);
        agent.Inject(File.ReadAllBytes(PathOf(name + ".dat")));
        var counters = agent.Agent.Counters;
        var final = wire.Sent.Select(p => Encoding.UTF8.GetString(p.Bytes).Split("\r\n")[0]).LastOrDefault(line => !line.StartsWith("SIP/2.0 1", StringComparison.Ordinal));
        var outcome = final is not null ? final["SIP/2.0 ".Length..] : counters.StrayResponses == 1 ? "stray" : counters.Malformed == 1 ? "malformed" : "nothing";
        outcome.ShouldStartWith(expected);
        agent.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Every_message_is_expected_and_every_expectation_has_its_message() =>
        Directory.GetFiles(PathOf(""), "*.dat").Select(Path.GetFileNameWithoutExtension).Order()
            .ShouldBe(File.ReadAllLines(PathOf("expected.txt")).Select(l => l.Split(' ')[0]).Order());

    [Fact]
    public void A_short_tortuous_invite_is_read_to_its_last_field()
    {
        var message = SipParser.Parse(File.ReadAllBytes(PathOf("wsinv.dat")), out var reason).ShouldNotBeNull(reason);
        message.RequestUri.ShouldBe("sip:vivekg@chair-dnrc.example.com;unknownparam");
        message.ToTag.ShouldBe("1918181833n");
        message.FromTag.ShouldBe("98asjd8");
        message.Address(HeaderId.From)!.DisplayName.ShouldBe("J Rosenberg \\\"");
        message.CSeq.ShouldBe(9u);
        message.GetAll(HeaderId.Via).Count.ShouldBe(3);
        message.Get("s").ShouldBe("");
        message.Get("newfangledheader").ShouldBe("newfangled value   continued newfangled value");
        message.Get("UnknownHeaderWithUnusualValue").ShouldBe(";;,,;;,;");
        message.Address(HeaderId.Contact)!.DisplayName.ShouldBe("Quoted string \"\"");
        message.Address(HeaderId.Contact)!.Parameter("q").ShouldBe("0.33");
        message.Sdp.ShouldNotBeNull().ShouldStartWith("v=0\r\no=mhandley");
    }

    [Fact]
    public void A_second_message_in_a_datagram_is_not_read() =>
        SipParser.Parse(File.ReadAllBytes(PathOf("dblreq.dat")), out _)!.Body.Length.ShouldBe(0);

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "torture", name);
}
