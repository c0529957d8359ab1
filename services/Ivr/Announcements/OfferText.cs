using CallCenter.Ivr.Flows;

namespace CallCenter.Ivr.Announcements;

/// <summary>
/// What a caller hears of what may be chosen in the queue. Keys and numbers are said digit by digit, each a sentence of its own: ten clips a language say every number.
/// </summary>
internal static class OfferText
{
    private static readonly Dictionary<string, Words> Languages = new(StringComparer.Ordinal)
    {
        ["fi"] = new(
            ["nolla", "yksi", "kaksi", "kolme", "neljä", "viisi", "kuusi", "seitsemän", "kahdeksan", "yhdeksän"], "tähti", "ruutu", "plus",
            "Jos haluatte, että soitamme teille vuorollanne, painakaa", "Paikkanne jonossa säilyy.", "Jos haluatte jättää viestin, painakaa", "Muut vaihtoehdot saatte painamalla",
            "Soitamme teille numeroon", "Jos numero on oikein, painakaa yksi. Jos haluatte antaa toisen numeron, painakaa kaksi.",
            "Näppäilkää puhelinnumero ja sen jälkeen ruutu.", "Tähän numeroon emme voi soittaa. Paikkanne jonossa on tallella.", "Kiitos. Soitamme teille, kun on teidän vuoronne. Kuulemiin."),
        ["da"] = new(
            ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"], "stjerne", "havelåge", "plus",
            "Hvis du vil ringes op, når det er din tur, så tryk", "Du beholder din plads i køen.", "Hvis du vil lægge en besked, så tryk", "For andre muligheder, tryk",
            "Vi ringer til dig på nummer", "Hvis nummeret er rigtigt, så tryk en. Hvis du vil give et andet nummer, så tryk to.",
            "Indtast telefonnummeret og derefter havelåge.", "Det nummer kan vi ikke ringe til. Du har stadig din plads i køen.", "Tak. Vi ringer til dig, når det er din tur. Farvel."),
        ["ru"] = new(
            ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"], "звёздочка", "решётка", "плюс",
            "Если хотите, чтобы мы перезвонили вам, когда подойдёт ваша очередь, нажмите", "Ваше место в очереди сохранится.", "Чтобы оставить сообщение, нажмите", "Для других вариантов нажмите",
            "Мы перезвоним вам по номеру", "Если номер правильный, нажмите один. Чтобы указать другой номер, нажмите два.",
            "Наберите номер телефона, затем решётку.", "На этот номер мы не можем позвонить. Ваше место в очереди сохранено.", "Спасибо. Мы перезвоним вам, когда подойдёт ваша очередь. До свидания."),
        ["en"] = new(
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], "star", "hash", "plus",
            "To be called back when it is your turn, press", "You keep your place in the queue.", "To leave a message, press", "For other choices, press",
            "We will call you at", "If that is right, press one. To give another number, press two.",
            "Please enter the telephone number, then press hash.", "We cannot call that number. You still have your place in the queue.", "Thank you. We will call you when it is your turn. Good-bye."),
    };

    /// <summary>The choices there are now.</summary>
    public static IEnumerable<string> Choices(string tag, QueueOffers offers, bool callback)
    {
        var words = Of(tag);
        if (callback && offers.Callback is { } back)
        {
            yield return words.CallbackPress;
            yield return words.Key(back.Key[0]);
            yield return words.KeepsPlace;
        }

        if (offers.Voicemail is { } message)
        {
            yield return words.MessagePress;
            yield return words.Key(message.Key[0]);
        }

        if (offers.Exit is { } exit)
        {
            yield return words.ExitPress;
            yield return words.Key(exit.Key[0]);
        }
    }

    /// <summary>What is said at a stage of the conversation.</summary>
    public static IReadOnlyList<string> Of(string tag, CallbackTalk talk)
    {
        var words = Of(tag);
        return talk.Stage switch
        {
            TalkStage.Confirm => [words.CallYouAt, .. talk.Number!.Select(words.Key), words.Confirm],
            TalkStage.Type => [words.TypeNumber],
            TalkStage.Refuse => [words.NotThatNumber],
            TalkStage.Thank => [words.Thanks],
            _ => [],
        };
    }

    private static Words Of(string tag) => Languages[tag.Split('-')[0]];

    /// <summary>The words of one language; what ends with "press" is followed by a key.</summary>
    private sealed record Words(
        string[] Digits, string Star, string Hash, string Plus, string CallbackPress, string KeepsPlace, string MessagePress, string ExitPress,
        string CallYouAt, string Confirm, string TypeNumber, string NotThatNumber, string Thanks)
    {
        public string Key(char key) => key switch { '*' => Star, '#' => Hash, '+' => Plus, _ => Digits[key - '0'] };
    }
}
