// The shortcodes people and apps use most; unknown ones stay as they are written.

/** @type {Record<string, string>} */
const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", tada: "🎉", rocket: "🚀", white_check_mark: "✅",
  heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫",
  question: "❓", exclamation: "❗", bangbang: "‼️", information_source: "ℹ️", bulb: "💡", memo: "📝", pencil: "📝",
  pencil2: "✏️", email: "📧", "e-mail": "📧", envelope: "✉️", incoming_envelope: "📨", mailbox: "📫", calendar: "📅",
  date: "📅", spiral_calendar_pad: "🗓️", clock1: "🕐", clock3: "🕒", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  stopwatch: "⏱️", alarm_clock: "⏰", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊",
  mag: "🔍", link: "🔗", lock: "🔒", unlock: "🔓", key: "🔑", gear: "⚙️", wrench: "🔧", hammer: "🔨",
  hammer_and_wrench: "🛠️", bug: "🐛", fire: "🔥", sparkles: "✨", star: "⭐", star2: "🌟", zap: "⚡", boom: "💥",
  wave: "👋", pray: "🙏", clap: "👏", raised_hands: "🙌", muscle: "💪", eyes: "👀", point_right: "👉", point_left: "👈",
  point_up: "☝️", point_down: "👇", ok_hand: "👌", handshake: "🤝", writing_hand: "✍️", raised_hand: "✋", smile: "😄",
  smiley: "😃", grin: "😁", grinning: "😀", slightly_smiling_face: "🙂", simple_smile: "🙂", wink: "😉", blush: "😊",
  joy: "😂", rofl: "🤣", heart_eyes: "😍", sunglasses: "😎", thinking_face: "🤔", neutral_face: "😐", confused: "😕",
  disappointed: "😞", cry: "😢", sob: "😭", sweat_smile: "😅", sleeping: "😴", face_with_thermometer: "🤒",
  mask: "😷", robot_face: "🤖", ghost: "👻", skull: "💀", heart: "❤️", green_heart: "💚", blue_heart: "💙", yellow_heart: "💛",
  broken_heart: "💔", 100: "💯", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", large_purple_circle: "🟣", black_circle: "⚫", white_circle: "⚪",
  green_circle: "🟢", yellow_circle: "🟡", orange_circle: "🟠", blue_circle: "🔵", large_green_square: "🟩",
  large_blue_square: "🟦", large_yellow_square: "🟨", large_red_square: "🟥", black_square: "⬛", white_large_square: "⬜",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁",
  leftwards_arrow_with_hook: "↩️", rewind: "⏪", fast_forward: "⏩", arrow_upper_right: "↗️", arrow_lower_right: "↘️",
  heavy_plus_sign: "➕", heavy_minus_sign: "➖", recycle: "♻️", wastebasket: "🗑️", package: "📦", clipboard: "📋",
  pushpin: "📌", round_pushpin: "📍", paperclip: "📎", scissors: "✂️", file_folder: "📁", open_file_folder: "📂",
  page_facing_up: "📄", books: "📚", book: "📖", bookmark: "🔖", label: "🏷️", bell: "🔔", no_bell: "🔕", mega: "📣",
  loudspeaker: "📢", speech_balloon: "💬", thought_balloon: "💭", shield: "🛡️", construction: "🚧", rotating_light: "🚨",
  checkered_flag: "🏁", triangular_flag_on_post: "🚩", trophy: "🏆", medal: "🏅", dart: "🎯", seedling: "🌱", palm_tree: "🌴",
  coffee: "☕", pizza: "🍕", beers: "🍻", cake: "🍰", house: "🏠", office: "🏢", computer: "💻", iphone: "📱", phone: "☎️",
  bust_in_silhouette: "👤", busts_in_silhouette: "👥", technologist: "🧑‍💻", family: "👪", one: "1️⃣", two: "2️⃣", three: "3️⃣",
  four: "4️⃣", five: "5️⃣", new: "🆕", ok: "🆗", sos: "🆘", soon: "🔜", top: "🔝", sunny: "☀️", cloud: "☁️", umbrella: "☔",
  snowflake: "❄️", rainbow: "🌈", crossed_fingers: "🤞", shrug: "🤷", facepalm: "🤦", see_no_evil: "🙈", bow: "🙇", runner: "🏃",
};

/** The emoji of a shortcode, or null. @param {string} name */
export function emoji(name) {
  return NAMES[name.replace(/::skin-tone-\d$/, "")] ?? null;
}

/** Replace shortcodes in plain words. @param {string} text */
export function emojify(text) {
  return text.replace(/:([a-z0-9_+-]+(?:::skin-tone-\d)?):/g, (whole, name) => emoji(name) ?? whole);
}
