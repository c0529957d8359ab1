using System.Globalization;
using System.Text;
using CallCenter.Starting.Demo;

namespace CallCenter.Starting;

/// <summary>The line <c>ready …</c> and a card of what to try.</summary>
internal static class Card
{
    public static string Text(IConfiguration configuration, Uri http, string folder, IReadOnlyList<DemoCall> demo)
    {
        var host = (configuration["Telephony:Advertise"] ?? "127.0.0.1").Split(',')[0].Trim();
        var sip = $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{configuration["Telephony:SipPort"] ?? "5060"}";
        var api = http.ToString().TrimEnd('/');
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"ready {api} sip:{sip}");
        var screens = Https.Port(configuration) is { } port ? string.Create(CultureInfo.InvariantCulture, $"https://{http.Host}:{port}") : api;
        if (demo.Count == 0)
        {
            return text.AppendLine(CultureInfo.InvariantCulture, $"\n  The administrator's sign-in is in {folder}/administrator.json").ToString();
        }
        var phone = demo.First(c => c.Kind == "phones");
        var agent = demo.First(c => c.Kind == "users" && c.Id == (string)phone.Body["agent"]!);
        var number = demo.First(c => c.Kind == "numbers");
        var users = demo.Where(c => c.Kind == "users").DistinctBy(c => (string)c.Body["role"]!);
        return text.AppendLine(CultureInfo.InvariantCulture, $$"""

              Screens: {{screens}}/   sign in as one of
            {{string.Join('\n', users.Select(SignIn))}}

              No phone at hand: look at the wallboard as supervisor while callers and agents are played by
                ./callcenter simulate --callers 20 --agents 5 --minutes 2{{Elsewhere(configuration, http, folder)}}

              With a headset: sign in as the agent, choose "This browser" as its telephone and Ready, and go on with 3
              With phones:
              1. Register one at {{sip}}: user {{phone.Id}}, password {{phone.Body["password"]}}
              2. Sign in on the screens as {{agent.Body["user"]}} ({{agent.Body["password"]}}), whose phone it is, and choose Ready
              3. Call sip:{{number.Id}}@{{sip}} with another phone (of no account) and press 1
                 The first number of each tenant is open day and night, the second in office hours of its
                 time zone and takes a message outside them
              4. The contact with its recording is on the supervisor's screen, under Contacts

              All users, passwords, phones and numbers: {{folder}}/demo.json
            """).ToString();
    }

    /// <summary>The options by which another command finds this system, where they are not the usual ones.</summary>
    private static string Elsewhere(IConfiguration configuration, Uri http, string folder) => string.Concat(
        http.Port == 8080 ? "" : string.Create(CultureInfo.InvariantCulture, $" --http {http.Port}"),
        (configuration["Telephony:SipPort"] ?? "5060") is var port && port == "5060" ? "" : $" --sip {port}",
        folder == Path.GetFullPath(".data") ? "" : $" --data {folder}");

    private static string SignIn(DemoCall user) => $"    {(string)user.Body["role"]!,-14} {(string)user.Body["user"]!,-10} {(string)user.Body["password"]!}";
}
